# The control plane's identity and that of the nodes, made before the cluster: so the one may already join the network,
# and the others may already pull.
resource "azurerm_user_assigned_identity" "cluster" {
  name                = "${local.name}-cluster"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags
}

resource "azurerm_user_assigned_identity" "nodes" {
  name                = "${local.name}-nodes"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags
}

resource "azurerm_role_assignment" "cluster_network" {
  scope                = azurerm_subnet.nodes.id
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
  principal_type       = "ServicePrincipal"
}

# To give each node its identity.
resource "azurerm_role_assignment" "cluster_nodes" {
  scope                = azurerm_user_assigned_identity.nodes.id
  role_definition_name = "Managed Identity Operator"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_kubernetes_cluster" "this" {
  #checkov:skip=CKV_AZURE_6:GitHub's runners have no fixed addresses; kubernetes.api_networks sets it where runners are one's own
  #checkov:skip=CKV_AZURE_115:a private API asks for runners inside the network; Entra decides who gets in, and local accounts are off
  #checkov:skip=CKV_AZURE_117:disks are encrypted with Azure's keys
  #checkov:skip=CKV_AZURE_226:the sizes have no local disk for an ephemeral OS
  #checkov:skip=CKV_AZURE_227:traffic between nodes and disks is encrypted by Azure; encryption at host has to be registered for a subscription first
  #checkov:skip=CKV_AZURE_232:two pools are enough: the services share the first with the system
  name                = local.name
  resource_group_name = azurerm_resource_group.this.name
  node_resource_group = "${local.name}-nodes"
  location            = var.location
  dns_prefix          = local.name
  kubernetes_version  = var.kubernetes.version
  sku_tier            = var.kubernetes.tier
  tags                = local.tags

  # Pods get Entra tokens for their service accounts: that is how a service reaches Azure without a key.
  oidc_issuer_enabled       = true
  workload_identity_enabled = true

  # People and workflows come by Entra alone, and what they may is a role assignment.
  local_account_disabled            = true
  role_based_access_control_enabled = true
  run_command_enabled               = false
  azure_policy_enabled              = true

  automatic_upgrade_channel = "patch"
  node_os_upgrade_channel   = "NodeImage"
  image_cleaner_enabled     = true
  # Hours between two cleanings of unused images.
  image_cleaner_interval_hours = 48

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.cluster.id]
  }

  kubelet_identity {
    client_id                 = azurerm_user_assigned_identity.nodes.client_id
    object_id                 = azurerm_user_assigned_identity.nodes.principal_id
    user_assigned_identity_id = azurerm_user_assigned_identity.nodes.id
  }

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled     = true
    tenant_id              = data.azurerm_client_config.current.tenant_id
    admin_group_object_ids = [var.operator_group_id]
  }

  dynamic "api_server_access_profile" {
    for_each = length(var.kubernetes.api_networks) > 0 ? [var.kubernetes.api_networks] : []
    content {
      authorized_ip_ranges = api_server_access_profile.value
    }
  }

  # Cilium enforces the NetworkPolicies of infrastructure/kubernetes.
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
    pod_cidr            = "10.244.0.0/16"
    service_cidr        = "10.21.0.0/16"
    dns_service_ip      = "10.21.0.10"
    load_balancer_sku   = "standard"
    outbound_type       = "loadBalancer"
  }

  default_node_pool {
    name = "serving"
    # As the control plane: a pool without one stays at the minor version it was made with.
    orchestrator_version        = var.kubernetes.version
    vm_size                     = var.serving_nodes.size
    vnet_subnet_id              = azurerm_subnet.nodes.id
    zones                       = var.serving_nodes.zones
    auto_scaling_enabled        = true
    min_count                   = var.serving_nodes.min
    max_count                   = var.serving_nodes.max
    max_pods                    = 60
    os_sku                      = "AzureLinux"
    os_disk_size_gb             = 64
    node_labels                 = { pool = "serving" }
    temporary_name_for_rotation = "rotation"
    tags                        = local.tags

    upgrade_settings {
      max_surge                     = "33%"
      drain_timeout_in_minutes      = 30
      node_soak_duration_in_minutes = 0
    }
  }

  # Nodes come in the sizes that are named here, not in those that Azure would choose.
  node_provisioning_profile {
    mode               = "Manual"
    default_node_pools = "None"
  }

  auto_scaler_profile {
    expander                      = "least-waste"
    balance_similar_node_groups   = true
    skip_nodes_with_local_storage = false
    # An encoder's node that has nothing more to do is paid for so long.
    scale_down_unneeded = "5m"
  }

  workload_autoscaler_profile {
    keda_enabled = true
  }

  key_vault_secrets_provider {
    secret_rotation_enabled  = true
    secret_rotation_interval = "10m"
  }

  oms_agent {
    log_analytics_workspace_id      = azurerm_log_analytics_workspace.this.id
    msi_auth_for_monitoring_enabled = true
  }

  monitor_metrics {}

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = "Tuesday"
    start_time  = "03:00"
    utc_offset  = "+00:00"
    duration    = 4
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = "Wednesday"
    start_time  = "03:00"
    utc_offset  = "+00:00"
    duration    = 4
  }

  lifecycle {
    # The autoscaler's.
    ignore_changes = [default_node_pool[0].node_count]

    precondition {
      condition     = var.environment != "production" || (var.kubernetes.tier != "Free" && var.serving_nodes.min >= 3)
      error_message = "Production has a control plane with an SLA (tier Standard) and a node in each of three zones."
    }
  }

  depends_on = [
    azurerm_role_assignment.cluster_network,
    azurerm_role_assignment.cluster_nodes,
    azurerm_role_assignment.nodes_pull,
  ]
}

# The encoders: none of them while there is nothing to encode. A task that is lost with its node is taken up by another.
resource "azurerm_kubernetes_cluster_node_pool" "workers" {
  #checkov:skip=CKV_AZURE_227:as for the cluster
  name                  = "workers"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.this.id
  orchestrator_version  = var.kubernetes.version
  mode                  = "User"
  vm_size               = var.worker_nodes.size
  vnet_subnet_id        = azurerm_subnet.nodes.id
  auto_scaling_enabled  = true
  min_count             = 0
  max_count             = var.worker_nodes.max
  max_pods              = 60
  os_sku                = "AzureLinux"
  os_disk_size_gb       = 128
  tags                  = local.tags

  priority        = var.worker_nodes.spot ? "Spot" : "Regular"
  eviction_policy = var.worker_nodes.spot ? "Delete" : null
  # Up to what the same VM costs without spot.
  spot_max_price = var.worker_nodes.spot ? -1 : null

  # What AKS puts on a spot pool by itself has to be named, or each plan would take it away.
  node_labels = merge(
    { pool = "workers" },
    var.worker_nodes.spot ? { "kubernetes.azure.com/scalesetpriority" = "spot" } : {}
  )
  node_taints = concat(
    ["pool=workers:NoSchedule"],
    var.worker_nodes.spot ? ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"] : []
  )

  # A spot pool is upgraded without additional nodes.
  dynamic "upgrade_settings" {
    for_each = var.worker_nodes.spot ? [] : [true]
    content {
      max_surge = "33%"
    }
  }

  lifecycle {
    ignore_changes = [node_count]
  }
}

resource "azurerm_role_assignment" "operators_cluster" {
  scope                = azurerm_kubernetes_cluster.this.id
  role_definition_name = "Azure Kubernetes Service RBAC Cluster Admin"
  principal_id         = var.operator_group_id
  principal_type       = "Group"
}
