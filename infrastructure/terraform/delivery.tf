# GitHub Actions come by OpenID Connect: GitHub says which workflow it is, Entra exchanges that for a token of an hour,
# and no secret is stored. Pushing images and deploying them are two identities, so that what builds cannot deploy.
# A repository's ids, where it has them in its subject, keep out whoever takes over its name.
# https://docs.github.com/actions/concepts/security/openid-connect
locals {
  delivery_subjects = {
    build  = "repo:${var.github.repository}:ref:refs/heads/${var.github.branch}"
    deploy = "repo:${var.github.repository}:environment:${var.github.environment}"
  }
}

resource "azurerm_user_assigned_identity" "delivery" {
  for_each = local.delivery_subjects

  name                = "${local.name}-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags
}

resource "azurerm_federated_identity_credential" "delivery" {
  for_each = local.delivery_subjects

  name                      = "github"
  user_assigned_identity_id = azurerm_user_assigned_identity.delivery[each.key].id
  issuer                    = "https://token.actions.githubusercontent.com"
  subject                   = each.value
  audience                  = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "build_push" {
  scope                = local.registry.id
  role_definition_name = "AcrPush"
  principal_id         = azurerm_user_assigned_identity.delivery["build"].principal_id
  principal_type       = "ServicePrincipal"
}

# To learn where the cluster is, ...
resource "azurerm_role_assignment" "deploy_cluster" {
  scope                = azurerm_kubernetes_cluster.this.id
  role_definition_name = "Azure Kubernetes Service Cluster User Role"
  principal_id         = azurerm_user_assigned_identity.delivery["deploy"].principal_id
  principal_type       = "ServicePrincipal"
}

# ... and to change what is in the one namespace, roles included.
resource "azurerm_role_assignment" "deploy_namespace" {
  scope                = "${azurerm_kubernetes_cluster.this.id}/namespaces/${var.kubernetes.namespace}"
  role_definition_name = "Azure Kubernetes Service RBAC Admin"
  principal_id         = azurerm_user_assigned_identity.delivery["deploy"].principal_id
  principal_type       = "ServicePrincipal"
}

# To see the signature of what it deploys.
resource "azurerm_role_assignment" "deploy_pull" {
  scope                = local.registry.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.delivery["deploy"].principal_id
  principal_type       = "ServicePrincipal"
}

# To judge a canary by what is counted of it.
resource "azurerm_role_assignment" "deploy_metrics" {
  scope                = azurerm_monitor_workspace.this.id
  role_definition_name = "Monitoring Data Reader"
  principal_id         = azurerm_user_assigned_identity.delivery["deploy"].principal_id
  principal_type       = "ServicePrincipal"
}
