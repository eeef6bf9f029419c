locals {
  # The address ranges of operators as a storage account wants them: a single address without its /32.
  operator_addresses = [for network in var.operator_networks : trimsuffix(network, "/32")]
  # Only Premium reaches storage by private link: for Standard the account must be reachable, by Entra and by SAS alone.
  storage_closed = var.front_door.tier == "Premium"
}

# The videos. There is no key to it: services come with their identity, viewers with an address that video-storage has
# signed by it (user delegation SAS) and that ends soon.
resource "azurerm_storage_account" "videos" {
  #checkov:skip=CKV_AZURE_33:there are no queues in it
  #checkov:skip=CKV_AZURE_35:Front Door Standard comes from public addresses; see storage_closed
  #checkov:skip=CKV_AZURE_59:as CKV_AZURE_35
  #checkov:skip=CKV_AZURE_206:three zones in production; a second region doubles the price of every video (storage.replication)
  #checkov:skip=CKV2_AZURE_1:encrypted with Azure's keys
  #checkov:skip=CKV2_AZURE_33:the nodes come by a service endpoint, since a private one is paid for by the gigabyte that is streamed
  name                = local.compact_name
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags

  account_kind             = "StorageV2"
  account_tier             = "Standard"
  account_replication_type = var.storage.replication
  access_tier              = "Hot"

  shared_access_key_enabled       = false
  default_to_oauth_authentication = true
  local_user_enabled              = false
  allow_nested_items_to_be_public = false
  https_traffic_only_enabled      = true
  min_tls_version                 = "TLS1_2"
  allowed_copy_scope              = "AAD"

  # Whoever would hand out an address for longer is refused. Days.hours:minutes:seconds.
  sas_policy {
    expiration_period = "00.12:00:00"
    expiration_action = "Block"
  }

  blob_properties {
    # An object is written once under its key and never over another, so there would be no second version of any:
    # soft delete is what brings one back.
    versioning_enabled = false
    # For the lifecycle rule below.
    last_access_time_enabled = true

    delete_retention_policy {
      days = var.storage.soft_delete_days
    }
    container_delete_retention_policy {
      days = var.storage.soft_delete_days
    }

    cors_rule {
      allowed_origins    = [var.site_origin]
      allowed_methods    = ["GET", "HEAD", "OPTIONS"]
      allowed_headers    = ["range", "if-match", "if-none-match", "if-modified-since", "if-range"]
      exposed_headers    = ["accept-ranges", "content-length", "content-range", "etag"]
      max_age_in_seconds = 86400
    }
  }

  dynamic "network_rules" {
    for_each = local.storage_closed ? [true] : []
    content {
      default_action             = "Deny"
      bypass                     = ["AzureServices"]
      ip_rules                   = local.operator_addresses
      virtual_network_subnet_ids = [azurerm_subnet.nodes.id]
    }
  }

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = var.environment != "production" || !startswith(var.storage.replication, "L")
      error_message = "Production's videos outlive the loss of a zone: their replication is ZRS, GRS or more."
    }
  }
}

resource "azurerm_storage_container" "videos" {
  #checkov:skip=CKV2_AZURE_21:reads are the product: their log would cost more than the videos. Traces and metrics of the services tell who was slow
  name                  = "videos"
  storage_account_id    = azurerm_storage_account.videos.id
  container_access_type = "private"

  lifecycle {
    prevent_destroy = true
  }
}

# What nobody watches gets cheaper to keep, and comes back by itself when it is watched. Nothing is archived: a viewer
# would wait for hours. What video-storage has deleted is gone for good when its soft delete ends; blocks that were
# staged and never became an object are dropped by Azure after a week.
resource "azurerm_storage_management_policy" "videos" {
  storage_account_id = azurerm_storage_account.videos.id

  rule {
    name    = "cool-what-is-not-watched"
    enabled = true

    filters {
      blob_types   = ["blockBlob"]
      prefix_match = ["${azurerm_storage_container.videos.name}/"]
    }

    actions {
      base_blob {
        tier_to_cool_after_days_since_last_access_time_greater_than = var.storage.cool_after_days
        auto_tier_to_hot_from_cool_enabled                          = true
      }
      snapshot {
        delete_after_days_since_creation_greater_than = 30
      }
    }
  }
}
