# What Azure would answer with, in the form that the provider checks.

mock_resource "azurerm_resource_group" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group"
  }
}

mock_resource "azurerm_user_assigned_identity" {
  defaults = {
    id           = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity"
    principal_id = "11111111-1111-4111-8111-111111111111"
    client_id    = "22222222-2222-4222-8222-222222222222"
  }
}

mock_resource "azurerm_virtual_network" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Network/virtualNetworks/network"
  }
}

mock_resource "azurerm_subnet" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Network/virtualNetworks/network/subnets/subnet"
  }
}

mock_resource "azurerm_network_security_group" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Network/networkSecurityGroups/group"
  }
}

mock_resource "azurerm_container_registry" {
  defaults = {
    id           = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.ContainerRegistry/registries/registry"
    login_server = "registry.azurecr.io"
  }
}

mock_resource "azurerm_storage_account" {
  defaults = {
    id                    = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Storage/storageAccounts/account"
    primary_blob_host     = "account.blob.core.windows.net"
    primary_blob_endpoint = "https://account.blob.core.windows.net/"
  }
}

mock_resource "azurerm_storage_container" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Storage/storageAccounts/account/blobServices/default/containers/videos"
  }
}

mock_resource "azurerm_private_dns_zone" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Network/privateDnsZones/privatelink.mongocluster.cosmos.azure.com"
  }
}

mock_resource "azurerm_key_vault" {
  defaults = {
    id        = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.KeyVault/vaults/vault"
    vault_uri = "https://vault.vault.azure.net/"
  }
}

mock_resource "azurerm_log_analytics_workspace" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.OperationalInsights/workspaces/workspace"
  }
}

mock_resource "azurerm_monitor_workspace" {
  defaults = {
    id             = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Monitor/accounts/workspace"
    query_endpoint = "https://workspace.prometheus.monitor.azure.com"
  }
}

mock_resource "azurerm_monitor_data_collection_endpoint" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Insights/dataCollectionEndpoints/endpoint"
  }
}

mock_resource "azurerm_monitor_data_collection_rule" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Insights/dataCollectionRules/rule"
  }
}

mock_resource "azurerm_dashboard_grafana" {
  defaults = {
    id       = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Dashboard/grafana/grafana"
    endpoint = "https://grafana.example"
  }
}

mock_resource "azurerm_cdn_frontdoor_profile" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Cdn/profiles/profile"
  }
}

mock_resource "azurerm_cdn_frontdoor_endpoint" {
  defaults = {
    id        = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Cdn/profiles/profile/afdEndpoints/endpoint"
    host_name = "endpoint.z01.azurefd.net"
  }
}

mock_resource "azurerm_cdn_frontdoor_origin_group" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Cdn/profiles/profile/originGroups/storage"
  }
}

mock_resource "azurerm_cdn_frontdoor_origin" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Cdn/profiles/profile/originGroups/storage/origins/storage"
  }
}

mock_resource "azurerm_cdn_frontdoor_rule_set" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.Cdn/profiles/profile/ruleSets/segments"
  }
}

mock_data "azurerm_client_config" {
  defaults = {
    tenant_id       = "55555555-5555-4555-8555-555555555555"
    object_id       = "66666666-6666-4666-8666-666666666666"
    client_id       = "77777777-7777-4777-8777-777777777777"
    subscription_id = "00000000-0000-4000-8000-000000000001"
  }
}

mock_data "azurerm_container_registry" {
  defaults = {
    id           = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/shared"
    login_server = "shared.azurecr.io"
  }
}

mock_resource "azurerm_mongo_cluster" {
  defaults = {
    id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.DocumentDB/mongoClusters/cluster"
    connection_strings = [{
      name        = "Self"
      description = "of the cluster"
      value       = "mongodb+srv://cluster.example/?tls=true"
    }]
  }
}

mock_resource "azurerm_kubernetes_cluster" {
  defaults = {
    id              = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.ContainerService/managedClusters/cluster"
    oidc_issuer_url = "https://issuer.example/"
  }
}
