# What is made, with which names, sizes and rules; and that environments differ just where they should.
mock_provider "azurerm" {
  source          = "./tests/mocks"
  override_during = plan
}

run "encoders_on_spot_nodes_from_none" {
  command = plan

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.workers.min_count == 0 && azurerm_kubernetes_cluster_node_pool.workers.auto_scaling_enabled
    error_message = "There are workers while there is nothing to encode."
  }
  assert {
    condition = (
      azurerm_kubernetes_cluster_node_pool.workers.priority == "Spot" &&
      azurerm_kubernetes_cluster_node_pool.workers.eviction_policy == "Delete" &&
      azurerm_kubernetes_cluster_node_pool.workers.spot_max_price == -1
    )
    error_message = "The workers are not on spot nodes."
  }
  assert {
    condition = toset(azurerm_kubernetes_cluster_node_pool.workers.node_taints) == toset([
      "pool=workers:NoSchedule", "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
    ])
    error_message = "Something else than an encoder may get onto a node that can vanish."
  }
  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.workers.node_labels["pool"] == "workers"
    error_message = "Encoders cannot ask for their nodes."
  }
  assert {
    condition     = length(azurerm_kubernetes_cluster_node_pool.workers.upgrade_settings) == 0
    error_message = "A spot pool takes no surge."
  }
}

run "nodes_follow_the_control_plane" {
  command = plan

  variables {
    kubernetes = { version = "1.36" }
  }

  assert {
    condition = toset([
      azurerm_kubernetes_cluster.this.kubernetes_version,
      azurerm_kubernetes_cluster.this.default_node_pool[0].orchestrator_version,
      azurerm_kubernetes_cluster_node_pool.workers.orchestrator_version,
    ]) == toset(["1.36"])
    error_message = "A newer Kubernetes reaches the control plane alone."
  }
}

run "encoders_on_ordinary_nodes" {
  command = plan

  variables {
    worker_nodes = { max = 2, spot = false }
  }

  assert {
    condition = (
      azurerm_kubernetes_cluster_node_pool.workers.priority == "Regular" &&
      azurerm_kubernetes_cluster_node_pool.workers.eviction_policy == null &&
      toset(azurerm_kubernetes_cluster_node_pool.workers.node_taints) == toset(["pool=workers:NoSchedule"])
    )
    error_message = "Without spot, something of it is left."
  }
}

run "videos_can_be_had_back_and_get_cheaper" {
  command = plan

  assert {
    condition = (
      azurerm_storage_account.videos.blob_properties[0].delete_retention_policy[0].days == 7 &&
      azurerm_storage_account.videos.blob_properties[0].container_delete_retention_policy[0].days == 7
    )
    error_message = "A deleted video, or the container, is gone at once."
  }
  assert {
    condition = (
      azurerm_storage_management_policy.videos.rule[0].actions[0].base_blob[0].tier_to_cool_after_days_since_last_access_time_greater_than == 60 &&
      azurerm_storage_management_policy.videos.rule[0].actions[0].base_blob[0].auto_tier_to_hot_from_cool_enabled &&
      azurerm_storage_account.videos.blob_properties[0].last_access_time_enabled
    )
    error_message = "What nobody watches stays dear, or what is watched again stays cool."
  }
  assert {
    condition     = azurerm_storage_management_policy.videos.rule[0].actions[0].base_blob[0].tier_to_archive_after_days_since_last_access_time_greater_than == null
    error_message = "A viewer waits hours for what was archived."
  }
  assert {
    condition     = azurerm_storage_management_policy.videos.rule[0].actions[0].base_blob[0].delete_after_days_since_modification_greater_than == null
    error_message = "Videos are deleted by their age."
  }
}

run "segments_by_front_door" {
  command = plan

  assert {
    condition     = azurerm_cdn_frontdoor_route.segments.patterns_to_match == tolist(["/videos/*"])
    error_message = "Front Door answers for more than the container of videos."
  }
  assert {
    condition     = azurerm_cdn_frontdoor_route.segments.cache[0].query_string_caching_behavior == "UseQueryString"
    error_message = "An edge gives a segment to whoever asks, whatever the signature."
  }
  assert {
    condition     = azurerm_cdn_frontdoor_route.segments.forwarding_protocol == "HttpsOnly" && azurerm_cdn_frontdoor_route.segments.supported_protocols == toset(["Https"])
    error_message = "Segments or signatures travel in the clear."
  }
  assert {
    condition     = azurerm_storage_account.videos.blob_properties[0].cors_rule[0].allowed_origins == tolist(["https://flixtube.example"])
    error_message = "Pages of the site may not fetch segments, or others may."
  }
  assert {
    condition = (
      azurerm_cdn_frontdoor_rule.readable_by_pages.actions[0].modify_response_header[0].header_value == "https://flixtube.example" &&
      azurerm_cdn_frontdoor_route.segments.cdn_frontdoor_rule_set_ids == toset([azurerm_cdn_frontdoor_rule.readable_by_pages.cdn_frontdoor_rule_set_id])
    )
    error_message = "An edge may give players what they may not read."
  }
  assert {
    condition     = output.stream_delivery == "redirect"
    error_message = "Front Door is paid for, and viewers are not sent there."
  }
}

run "bytes_by_the_services" {
  command = plan

  variables {
    front_door = { delivers = false }
  }

  assert {
    condition     = output.stream_delivery == "proxy"
    error_message = "Viewers are sent to Front Door all the same."
  }
}

# Azure's limits: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
run "names_of_a_long_environment" {
  command = plan

  variables {
    environment = "a-name-of-24-characters1"
  }

  assert {
    condition     = can(regex("^[a-z0-9]{3,24}$", azurerm_storage_account.videos.name))
    error_message = "Storage account: 3 to 24 letters and digits."
  }
  assert {
    condition     = can(regex("^[a-zA-Z0-9]{5,50}$", azurerm_container_registry.this[0].name))
    error_message = "Registry: 5 to 50 letters and digits."
  }
  assert {
    condition     = can(regex("^[a-zA-Z](-?[a-zA-Z0-9])*$", azurerm_key_vault.this.name)) && length(azurerm_key_vault.this.name) <= 24
    error_message = "Key Vault: 3 to 24 letters, digits and single hyphens."
  }
  assert {
    condition     = can(regex("^[a-z0-9](-?[a-z0-9])*$", azurerm_mongo_cluster.this.name)) && length(azurerm_mongo_cluster.this.name) <= 40
    error_message = "Mongo cluster: 8 to 40 lower-case letters, digits and hyphens."
  }
  assert {
    condition     = length(azurerm_kubernetes_cluster.this.dns_prefix) <= 54 && length(azurerm_kubernetes_cluster.this.name) <= 63
    error_message = "AKS: 63 characters, and 54 for the prefix of its address."
  }
  assert {
    condition     = length(azurerm_kubernetes_cluster.this.node_resource_group) <= 80
    error_message = "The group of the nodes: 80 characters."
  }
  assert {
    condition     = length(azurerm_cdn_frontdoor_endpoint.segments.name) <= 46
    error_message = "Front Door endpoint: 46 characters."
  }
  assert {
    condition = (
      length(azurerm_monitor_data_collection_endpoint.metrics.name) <= 44 &&
      length(azurerm_monitor_data_collection_rule.metrics.name) <= 44 &&
      length(azurerm_monitor_data_collection_rule.logs.name) <= 64
    )
    error_message = "Data collection: 44 characters for endpoints, 64 for rules."
  }
  assert {
    condition     = alltrue([for identity in azurerm_user_assigned_identity.service : length(identity.name) <= 128])
    error_message = "Identities: 128 characters."
  }
  assert {
    condition     = length(azurerm_resource_group.this.name) <= 90
    error_message = "Resource group: 90 characters."
  }
}

run "grafana_of_a_long_environment" {
  command = plan

  variables {
    environment   = "a-name-of-24-characters1"
    observability = { grafana = true }
  }

  assert {
    condition     = can(regex("^[a-z](-?[a-z0-9])*$", azurerm_dashboard_grafana.this[0].name)) && length(azurerm_dashboard_grafana.this[0].name) <= 23
    error_message = "Grafana: 2 to 23 letters, digits and hyphens."
  }
}

run "names_that_are_cut_off_differ" {
  command = plan

  variables {
    environment = "a-name-of-24-characters2"
  }

  assert {
    condition     = azurerm_storage_account.videos.name != run.names_of_a_long_environment.storage_account_name
    error_message = "Two environments would be given one storage account."
  }
  assert {
    condition     = azurerm_key_vault.this.name != run.names_of_a_long_environment.key_vault_name
    error_message = "Two environments would be given one vault."
  }
}

run "everything_is_tagged" {
  command = plan

  variables {
    tags = { cost-center = "42", environment = "not-this" }
  }

  assert {
    condition = alltrue([
      for tags in [
        azurerm_resource_group.this.tags, azurerm_kubernetes_cluster.this.tags, azurerm_storage_account.videos.tags,
        azurerm_mongo_cluster.this.tags, azurerm_key_vault.this.tags, azurerm_container_registry.this[0].tags,
        azurerm_log_analytics_workspace.this.tags, azurerm_monitor_workspace.this.tags,
        azurerm_cdn_frontdoor_profile.this.tags, azurerm_kubernetes_cluster_node_pool.workers.tags,
        azurerm_virtual_network.this.tags, azurerm_private_endpoint.mongodb.tags,
      ] :
      tags["application"] == "flixtube" && tags["environment"] == "test" && tags["managed-by"] == "terraform" && tags["cost-center"] == "42"
    ])
    error_message = "What it costs cannot be told by application, environment and cost center."
  }
}

run "metrics_and_logs_have_a_way" {
  command = plan

  assert {
    condition     = one(azurerm_monitor_data_collection_rule.metrics.data_flow).streams == tolist(["Microsoft-PrometheusMetrics"])
    error_message = "Metrics go nowhere."
  }
  assert {
    condition = (
      azurerm_monitor_data_collection_rule_association.metrics.target_resource_id == azurerm_kubernetes_cluster.this.id &&
      azurerm_monitor_data_collection_rule_association.logs.target_resource_id == azurerm_kubernetes_cluster.this.id
    )
    error_message = "The cluster collects neither."
  }
  assert {
    condition     = length(azurerm_dashboard_grafana.this) == 0 && azurerm_log_analytics_workspace_table.containers.plan == "Basic"
    error_message = "The test environment pays for more than it needs."
  }
}

run "alerts_are_those_of_compose" {
  command = plan

  variables {
    observability = {
      grafana         = false
      action_group_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/people/providers/Microsoft.Insights/actionGroups/on-call"
    }
  }

  assert {
    condition = alltrue([
      for name in ["causes", "dead-letters", "playback-availability", "playback-start-up", "processing-delay"] :
      contains(keys(azurerm_monitor_alert_prometheus_rule_group.this), name)
    ])
    error_message = "Not all groups of rules are there."
  }
  assert {
    condition = alltrue(flatten([
      for group in azurerm_monitor_alert_prometheus_rule_group.this : [
        for rule in group.rule : (
          rule.alert == null || rule.alert == "" ? length(rule.action) == 0 : length(rule.action) == 1 && contains([1, 3], rule.severity)
        )
      ]
    ]))
    error_message = "An alert wakes nobody, or a figure somebody."
  }
  assert {
    condition = one([
      for rule in azurerm_monitor_alert_prometheus_rule_group.this["causes"].rule : rule if rule.alert == "OutboxNotDraining"
    ]).for == "PT3M"
    error_message = "Durations are not in Azure's words."
  }
}

run "a_registry_that_exists" {
  command = plan

  variables {
    registry = {
      existing_id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/shared/providers/Microsoft.ContainerRegistry/registries/shared"
    }
  }

  assert {
    condition     = length(azurerm_container_registry.this) == 0 && output.registry_login_server == "shared.azurecr.io"
    error_message = "A registry is made although there is one."
  }
  assert {
    condition     = endswith(azurerm_role_assignment.nodes_pull.scope, "/registries/shared")
    error_message = "The nodes pull from another registry."
  }
}

run "outputs_for_the_scripts" {
  command = plan

  assert {
    condition = (
      output.storage_account_url == "https://account.blob.core.windows.net" &&
      output.front_door_host == "endpoint.z01.azurefd.net" &&
      output.registry_login_server == "registry.azurecr.io" &&
      output.grafana_url == null
    )
    error_message = "An output is not of the form that scripts and manifests take."
  }
  assert {
    condition = toset(keys(output.service_client_ids)) == toset([
      "gateway", "history", "metadata", "rabbitmq", "video-processing", "video-storage", "video-streaming", "video-upload",
    ])
    error_message = "A service has no identity."
  }
}
