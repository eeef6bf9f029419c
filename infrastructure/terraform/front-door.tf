# A CDN in front of the container of videos. An address is signed by video-storage and the signature is part of what an
# edge keeps an answer under, so an edge gives nobody what storage has not once given for that address.
resource "azurerm_cdn_frontdoor_profile" "this" {
  name                     = local.name
  resource_group_name      = azurerm_resource_group.this.name
  sku_name                 = "${var.front_door.tier}_AzureFrontDoor"
  response_timeout_seconds = 30
  tags                     = local.tags

  # Signatures and viewers' addresses are in no log.
  log_scrubbing_rule {
    match_variable = "QueryStringArgNames"
  }
  log_scrubbing_rule {
    match_variable = "RequestIPAddress"
  }
}

resource "azurerm_cdn_frontdoor_endpoint" "segments" {
  name                     = "${local.short_name}-segments"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.this.id
  tags                     = local.tags
}

# One origin, so there is nothing to probe and nothing to balance.
resource "azurerm_cdn_frontdoor_origin_group" "storage" {
  name                     = "storage"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.this.id
  session_affinity_enabled = false

  load_balancing {}
}

resource "azurerm_cdn_frontdoor_origin" "storage" {
  name                           = "storage"
  cdn_frontdoor_origin_group_id  = azurerm_cdn_frontdoor_origin_group.storage.id
  host_name                      = azurerm_storage_account.videos.primary_blob_host
  origin_host_header             = azurerm_storage_account.videos.primary_blob_host
  certificate_name_check_enabled = true
  enabled                        = true

  dynamic "private_link" {
    for_each = local.storage_closed ? [true] : []
    content {
      request_message        = "Front Door of ${local.name}"
      target_type            = "blob"
      location               = var.location
      private_link_target_id = azurerm_storage_account.videos.id
    }
  }
}

resource "azurerm_cdn_frontdoor_route" "segments" {
  name                          = "segments"
  cdn_frontdoor_endpoint_id     = azurerm_cdn_frontdoor_endpoint.segments.id
  cdn_frontdoor_origin_group_id = azurerm_cdn_frontdoor_origin_group.storage.id
  cdn_frontdoor_origin_ids      = [azurerm_cdn_frontdoor_origin.storage.id]
  cdn_frontdoor_rule_set_ids    = [azurerm_cdn_frontdoor_rule_set.segments.id]

  # The container of videos, and nothing else of the account.
  patterns_to_match      = ["/${azurerm_storage_container.videos.name}/*"]
  supported_protocols    = ["Https"]
  https_redirect_enabled = false
  forwarding_protocol    = "HttpsOnly"
  link_to_default_domain = true

  # For as long as the address says, since an edge goes on answering whoever has one that has expired. The signature is
  # part of what an answer is kept under.
  cache {
    query_string_caching_behavior = "UseQueryString"
    compression_enabled           = false
  }
}

# Storage says which pages may read an answer only to a request that names its page, and Vary, which would keep the two
# apart at an edge, is not heeded there: whoever opened an address by itself would leave players an answer that they may
# not read.
resource "azurerm_cdn_frontdoor_rule_set" "segments" {
  name                     = "segments"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.this.id
}

resource "azurerm_cdn_frontdoor_rule" "readable_by_pages" {
  name                      = "ReadableByPages"
  cdn_frontdoor_rule_set_id = azurerm_cdn_frontdoor_rule_set.segments.id
  order                     = 1
  behaviour_on_match        = "Continue"

  actions {
    modify_response_header {
      operator     = "Overwrite"
      header_name  = "Access-Control-Allow-Origin"
      header_value = var.site_origin
    }
  }

  depends_on = [azurerm_cdn_frontdoor_origin.storage]
}
