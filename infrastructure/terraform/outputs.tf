# What scripts/ and the overlay infrastructure/kubernetes/overlays/azure are told: terraform output -json. None is secret.

output "resource_group" {
  description = "Resource group of everything but the nodes."
  value       = azurerm_resource_group.this.name
}

output "location" {
  description = "Azure region."
  value       = var.location
}

output "tenant_id" {
  description = "Entra tenant, for the SecretProviderClasses and for azure/login."
  value       = data.azurerm_client_config.current.tenant_id
}

output "registry_name" {
  description = "Name of the container registry: az acr login --name."
  value       = local.registry.name
}

output "registry_login_server" {
  description = "Host of the container registry, the beginning of every image's name."
  value       = local.registry.login_server
}

output "cluster_name" {
  description = "Name of the Kubernetes cluster: az aks get-credentials --resource-group --name."
  value       = azurerm_kubernetes_cluster.this.name
}

output "namespace" {
  description = "Namespace of the services, to which their identities are bound."
  value       = var.kubernetes.namespace
}

output "service_client_ids" {
  description = "Client id of each service's identity: annotation azure.workload.identity/client-id of its service account."
  value       = { for service, identity in azurerm_user_assigned_identity.service : service => identity.client_id }
}

output "service_secrets" {
  description = "Names in Key Vault that each service may read; its environment variable is the name in capitals."
  value       = local.secrets_of
}

output "key_vault_name" {
  description = "Key Vault of the secrets."
  value       = azurerm_key_vault.this.name
}

output "storage_account_name" {
  description = "Storage account of the videos."
  value       = azurerm_storage_account.videos.name
}

output "storage_account_url" {
  description = "Blob endpoint: AZURE_STORAGE_ACCOUNT_URL of video-storage, which comes with its identity."
  value       = trimsuffix(azurerm_storage_account.videos.primary_blob_endpoint, "/")
}

output "storage_container" {
  description = "AZURE_STORAGE_CONTAINER of video-storage."
  value       = azurerm_storage_container.videos.name
}

output "front_door_host" {
  description = "Host of the CDN; the path and the signature of an object's address are those of the storage account."
  value       = azurerm_cdn_frontdoor_endpoint.segments.host_name
}

output "stream_delivery" {
  description = "STREAM_DELIVERY of video-streaming: redirect sends viewers to the CDN, proxy does not."
  value       = var.front_door.delivers ? "redirect" : "proxy"
}

output "grafana_url" {
  description = "Grafana, or null where there is none."
  value       = one(azurerm_dashboard_grafana.this[*].endpoint)
}

output "prometheus_query_url" {
  description = "Where Prometheus is asked: a data source of any Grafana, by Entra."
  value       = azurerm_monitor_workspace.this.query_endpoint
}

output "delivery_client_ids" {
  description = "Client ids for azure/login: build pushes images, deploy deploys them."
  value       = { for part, identity in azurerm_user_assigned_identity.delivery : part => identity.client_id }
}

output "site_origin" {
  description = "Origin of the site: the host that the cluster's door answers to."
  value       = var.site_origin
}
