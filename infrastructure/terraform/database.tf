# Azure DocumentDB, MongoDB's protocol on compute of its own: what the provider and the API still call a Mongo cluster
# (once Azure Cosmos DB for MongoDB vCore). Not Cosmos DB for MongoDB by request units: there each command is paid for.
resource "azurerm_mongo_cluster" "this" {
  name                = local.name
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags

  administrator_username = local.application
  administrator_password = random_password.backend["mongodb"].result
  # The services know one way to MongoDB, a URL with user and password; Entra lets operators in without it.
  authentication_methods = ["NativeAuth", "MicrosoftEntraID"]

  version                = var.database.version
  compute_tier           = var.database.tier
  storage_size_in_gb     = var.database.storage_gb
  shard_count            = 1
  high_availability_mode = var.database.high_availability ? "ZoneRedundantPreferred" : "Disabled"
  public_network_access  = "Disabled"

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = var.environment != "production" || var.database.high_availability
      error_message = "Production's catalogue outlives the loss of a zone: database.high_availability is true."
    }
  }
}

resource "azurerm_private_dns_zone" "mongodb" {
  name                = "privatelink.mongocluster.cosmos.azure.com"
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "mongodb" {
  name                 = local.name
  private_dns_zone_id  = azurerm_private_dns_zone.mongodb.id
  virtual_network_id   = azurerm_virtual_network.this.id
  registration_enabled = false
  tags                 = local.tags
}

resource "azurerm_private_endpoint" "mongodb" {
  name                = "${local.name}-mongodb"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  subnet_id           = azurerm_subnet.endpoints.id
  tags                = local.tags

  private_service_connection {
    name                           = "mongodb"
    private_connection_resource_id = azurerm_mongo_cluster.this.id
    subresource_names              = ["MongoCluster"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "mongodb"
    private_dns_zone_ids = [azurerm_private_dns_zone.mongodb.id]
  }
}
