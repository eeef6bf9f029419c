# What keeps others out: keys, roles, networks. Azure is played; nothing is applied.
mock_provider "azurerm" {
  source          = "./tests/mocks"
  override_during = plan
}

override_resource {
  target          = azurerm_user_assigned_identity.service["video-storage"]
  override_during = plan
  values = {
    id           = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/video-storage"
    principal_id = "99999999-9999-4999-8999-999999999999"
  }
}

override_resource {
  target          = azurerm_user_assigned_identity.delivery["build"]
  override_during = plan
  values = {
    id           = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/build"
    principal_id = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
  }
}

override_resource {
  target          = azurerm_user_assigned_identity.nodes
  override_during = plan
  values = {
    id           = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes"
    client_id    = "33333333-3333-4333-8333-333333333333"
    principal_id = "44444444-4444-4444-8444-444444444444"
  }
}

run "storage_takes_no_key" {
  command = plan

  assert {
    condition     = azurerm_storage_account.videos.shared_access_key_enabled == false
    error_message = "The storage account takes account keys."
  }
  assert {
    condition     = azurerm_storage_account.videos.local_user_enabled == false
    error_message = "The storage account has local users with passwords."
  }
  assert {
    condition = (
      azurerm_storage_account.videos.allow_nested_items_to_be_public == false &&
      azurerm_storage_container.videos.container_access_type == "private"
    )
    error_message = "Videos can be read by anyone."
  }
  assert {
    condition     = azurerm_storage_account.videos.sas_policy[0].expiration_action == "Block"
    error_message = "An address can be signed for any length of time."
  }
  assert {
    condition     = azurerm_storage_account.videos.https_traffic_only_enabled && azurerm_storage_account.videos.min_tls_version == "TLS1_2"
    error_message = "Videos travel in the clear."
  }
}

run "only_video_storage_reaches_the_videos" {
  command = plan

  assert {
    condition = (
      azurerm_role_assignment.storage_objects.principal_id == "99999999-9999-4999-8999-999999999999" &&
      azurerm_role_assignment.storage_objects.role_definition_name == "Storage Blob Data Contributor" &&
      endswith(azurerm_role_assignment.storage_objects.scope, "/containers/videos")
    )
    error_message = "video-storage does not have the container, or someone else does, or it has more than that."
  }
  assert {
    condition = (
      azurerm_role_assignment.storage_signing.principal_id == "99999999-9999-4999-8999-999999999999" &&
      azurerm_role_assignment.storage_signing.role_definition_name == "Storage Blob Delegator"
    )
    error_message = "video-storage cannot sign addresses without a key."
  }
}

run "registry_by_identity" {
  command = plan

  assert {
    condition     = azurerm_container_registry.this[0].admin_enabled == false && azurerm_container_registry.this[0].anonymous_pull_enabled == false
    error_message = "Images can be had by password, or without any."
  }
  assert {
    condition = (
      azurerm_role_assignment.nodes_pull.role_definition_name == "AcrPull" &&
      azurerm_role_assignment.nodes_pull.principal_id == "44444444-4444-4444-8444-444444444444" &&
      azurerm_role_assignment.nodes_pull.scope == azurerm_container_registry.this[0].id
    )
    error_message = "The nodes do not pull, or do more."
  }
}

run "cluster_by_entra" {
  command = plan

  assert {
    condition = (
      azurerm_kubernetes_cluster.this.local_account_disabled &&
      azurerm_kubernetes_cluster.this.azure_active_directory_role_based_access_control[0].azure_rbac_enabled
    )
    error_message = "There is a way into the cluster past Entra."
  }
  assert {
    condition     = azurerm_kubernetes_cluster.this.oidc_issuer_enabled && azurerm_kubernetes_cluster.this.workload_identity_enabled
    error_message = "Pods cannot show who they are."
  }
  assert {
    condition     = azurerm_kubernetes_cluster.this.network_profile[0].network_policy == "cilium"
    error_message = "NetworkPolicies are not enforced."
  }
  assert {
    condition     = azurerm_kubernetes_cluster.this.identity[0].type == "UserAssigned"
    error_message = "The control plane has no identity that was made before it."
  }
}

run "each_service_reads_its_own_secrets" {
  command = plan

  assert {
    condition = alltrue([
      for service, credential in azurerm_federated_identity_credential.service :
      credential.subject == "system:serviceaccount:flixtube:${service == "rabbitmq" ? "rabbitmq-server" : service}" && credential.issuer == "https://issuer.example/"
    ])
    error_message = "An identity is bound to something else than its service's account."
  }
  assert {
    condition = alltrue([
      for key, assignment in azurerm_role_assignment.service_secret :
      assignment.role_definition_name == "Key Vault Secrets User" && endswith(assignment.scope, "/secrets/${split("/", key)[1]}")
    ])
    error_message = "A service may read more than a secret by its name."
  }
  assert {
    condition     = !contains(keys(azurerm_role_assignment.service_secret), "gateway/mongodb-url") && contains(keys(azurerm_role_assignment.service_secret), "gateway/cookie-secret")
    error_message = "The gateway has the wrong secrets: it has no database."
  }
  assert {
    condition = length(setsubtract(
      flatten(values(local.secrets_of)),
      concat(keys(azurerm_key_vault_secret.signing), keys(azurerm_key_vault_secret.backend))
    )) == 0
    error_message = "A service is to read a secret that is not made."
  }
}

run "secrets_are_kept_and_shut_in" {
  command = plan

  assert {
    condition     = azurerm_key_vault.this.rbac_authorization_enabled && azurerm_key_vault.this.purge_protection_enabled
    error_message = "Key Vault goes by access policies, or can be purged."
  }
  assert {
    condition     = azurerm_key_vault.this.network_acls[0].default_action == "Deny" && contains(azurerm_key_vault.this.network_acls[0].ip_rules, "203.0.113.7/32")
    error_message = "Key Vault answers the whole internet, or not its operators."
  }
  assert {
    condition = alltrue([
      for secret in concat(values(azurerm_key_vault_secret.signing), values(azurerm_key_vault_secret.backend)) :
      secret.value == null && secret.value_wo_version == 1
    ])
    error_message = "A secret's value is in the state."
  }
}

run "secrets_are_written_by_operators_whoever_plans" {
  command = plan

  assert {
    condition     = azurerm_role_assignment.secrets_officers.principal_id == var.operator_group_id
    error_message = "Who may write secrets changes with who runs Terraform."
  }
}

run "new_secrets_on_demand" {
  command = plan

  variables {
    secrets_generation = 2
  }

  assert {
    condition = alltrue([
      for secret in concat(values(azurerm_key_vault_secret.signing), values(azurerm_key_vault_secret.backend)) : secret.value_wo_version == 2
    ]) && alltrue([for password in random_password.backend : password.keepers.generation == "2"])
    error_message = "Raising secrets_generation does not make all secrets anew."
  }
}

run "database_is_private" {
  command = plan

  assert {
    condition     = azurerm_mongo_cluster.this.public_network_access == "Disabled"
    error_message = "MongoDB is on the internet."
  }
  assert {
    condition     = azurerm_private_endpoint.mongodb.private_service_connection[0].private_connection_resource_id == azurerm_mongo_cluster.this.id
    error_message = "MongoDB has no private endpoint."
  }
}

run "delivery_without_a_secret" {
  command = plan

  assert {
    condition     = azurerm_federated_identity_credential.delivery["build"].subject == "repo:flixtube/flixtube:ref:refs/heads/main"
    error_message = "Images are pushed from elsewhere than the main branch."
  }
  assert {
    condition     = azurerm_federated_identity_credential.delivery["deploy"].subject == "repo:flixtube/flixtube:environment:test"
    error_message = "Deployments come from elsewhere than the GitHub environment, whose rules ask for approval."
  }
  assert {
    condition     = alltrue([for credential in azurerm_federated_identity_credential.delivery : credential.issuer == "https://token.actions.githubusercontent.com"])
    error_message = "Someone else than GitHub says which workflow it is."
  }
  assert {
    condition = (
      azurerm_role_assignment.build_push.principal_id == "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb" &&
      azurerm_role_assignment.deploy_pull.principal_id != azurerm_role_assignment.build_push.principal_id
    )
    error_message = "What deploys may push images."
  }
  assert {
    condition     = endswith(azurerm_role_assignment.deploy_namespace.scope, "/namespaces/flixtube")
    error_message = "Deployments may change more than their namespace."
  }
}

run "delivery_from_a_repository_with_ids" {
  command = plan

  variables {
    github = { repository = "flixtube@123456/flixtube@456789", environment = "test" }
  }

  assert {
    condition = (
      azurerm_federated_identity_credential.delivery["build"].subject == "repo:flixtube@123456/flixtube@456789:ref:refs/heads/main" &&
      azurerm_federated_identity_credential.delivery["deploy"].subject == "repo:flixtube@123456/flixtube@456789:environment:test"
    )
    error_message = "A repository of today is not known by what GitHub calls it."
  }
}

run "premium_closes_storage" {
  command = plan

  variables {
    front_door = { tier = "Premium" }
  }

  assert {
    condition = (
      azurerm_storage_account.videos.network_rules[0].default_action == "Deny" &&
      contains(azurerm_storage_account.videos.network_rules[0].ip_rules, "203.0.113.7") &&
      azurerm_cdn_frontdoor_origin.storage.private_link[0].target_type == "blob"
    )
    error_message = "With Front Door Premium, storage is still reached past it."
  }
}

run "standard_leaves_storage_reachable" {
  command = plan

  assert {
    condition     = length(azurerm_cdn_frontdoor_origin.storage.private_link) == 0 && azurerm_cdn_frontdoor_profile.this.sku_name == "Standard_AzureFrontDoor"
    error_message = "Front Door Standard cannot come by private link."
  }
}
