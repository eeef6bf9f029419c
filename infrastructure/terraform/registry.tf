# Basic and Standard have no private endpoint: images are pulled over Azure's network from a public address, and only
# with an identity. A private one asks for Premium, at ten times the price of Basic.
resource "azurerm_container_registry" "this" {
  #checkov:skip=CKV_AZURE_139:a private endpoint asks for Premium, and build machines are on the internet; Entra decides who gets in
  #checkov:skip=CKV_AZURE_163:images are scanned where they are built, before they are pushed
  #checkov:skip=CKV_AZURE_164:what is signed is said by cosign and checked at deployment; content trust is being retired
  #checkov:skip=CKV_AZURE_165:one region
  #checkov:skip=CKV_AZURE_166:quarantine asks for Premium; an image is deployed by its digest, after its scan
  #checkov:skip=CKV_AZURE_167:asks for Premium; untagged images are purged by a command of the README
  #checkov:skip=CKV_AZURE_233:zones are what Azure gives the region
  #checkov:skip=CKV_AZURE_237:dedicated data endpoints ask for Premium
  count = var.registry.existing_id == null ? 1 : 0

  name                   = local.compact_name
  resource_group_name    = azurerm_resource_group.this.name
  location               = var.location
  sku                    = var.registry.sku
  admin_enabled          = false
  anonymous_pull_enabled = false
  tags                   = local.tags
}

data "azurerm_container_registry" "existing" {
  count = var.registry.existing_id == null ? 0 : 1

  name                = split("/", var.registry.existing_id)[8]
  resource_group_name = split("/", var.registry.existing_id)[4]
}

locals {
  # Only what is needed of it: the whole would carry the marks of its (unused) password.
  registry = {
    id           = one(concat(azurerm_container_registry.this[*].id, data.azurerm_container_registry.existing[*].id))
    name         = one(concat(azurerm_container_registry.this[*].name, data.azurerm_container_registry.existing[*].name))
    login_server = one(concat(azurerm_container_registry.this[*].login_server, data.azurerm_container_registry.existing[*].login_server))
  }
}

# The nodes pull, and can do no more.
resource "azurerm_role_assignment" "nodes_pull" {
  scope                = local.registry.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.nodes.principal_id
  principal_type       = "ServicePrincipal"
}
