# One identity a service, bound to its service account in the cluster: no key, no password, and nothing that another
# service could use. https://learn.microsoft.com/azure/aks/workload-identity-overview
resource "azurerm_user_assigned_identity" "service" {
  for_each = local.secrets_of

  name                = "${local.name}-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = merge(local.tags, { service = each.key })
}

resource "azurerm_federated_identity_credential" "service" {
  for_each = local.secrets_of

  name                      = "kubernetes"
  user_assigned_identity_id = azurerm_user_assigned_identity.service[each.key].id
  issuer                    = azurerm_kubernetes_cluster.this.oidc_issuer_url
  subject                   = "system:serviceaccount:${var.kubernetes.namespace}:${each.key}"
  audience                  = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "service_secret" {
  for_each = merge([
    for service, secrets in local.secrets_of : {
      for secret in secrets : "${service}/${secret}" => { service = service, secret = secret }
    }
  ]...)

  # Of that secret alone.
  scope                = "${azurerm_key_vault.this.id}/secrets/${each.value.secret}"
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.service[each.value.service].principal_id
  principal_type       = "ServicePrincipal"

  depends_on = [azurerm_key_vault_secret.signing, azurerm_key_vault_secret.backend]
}

# video-storage reads and writes the one container.
resource "azurerm_role_assignment" "storage_objects" {
  scope                = azurerm_storage_container.videos.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_user_assigned_identity.service["video-storage"].principal_id
  principal_type       = "ServicePrincipal"
}

# It signs addresses (user delegation SAS), for which it asks the account for a key of a few hours.
resource "azurerm_role_assignment" "storage_signing" {
  scope                = azurerm_storage_account.videos.id
  role_definition_name = "Storage Blob Delegator"
  principal_id         = azurerm_user_assigned_identity.service["video-storage"].principal_id
  principal_type       = "ServicePrincipal"
}
