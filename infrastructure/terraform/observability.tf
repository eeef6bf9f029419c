# Logs: Log Analytics, paid for by the gigabyte. What the containers write is kept in the Basic plan, at a fifth of the
# price: it can be searched, and alerts come from metrics.
resource "azurerm_log_analytics_workspace" "this" {
  name                = local.name
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags

  sku                          = "PerGB2018"
  retention_in_days            = var.observability.retention_days
  daily_quota_gb               = var.observability.daily_gb
  local_authentication_enabled = false
}

resource "azurerm_log_analytics_workspace_table" "containers" {
  workspace_id = azurerm_log_analytics_workspace.this.id
  name         = "ContainerLogV2"
  plan         = "Basic"
}

resource "azurerm_monitor_data_collection_rule" "logs" {
  name                = "${local.name}-logs"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  kind                = "Linux"
  description         = "What the containers of the cluster write, and its events"
  tags                = local.tags

  data_sources {
    extension {
      name           = "ContainerInsightsExtension"
      extension_name = "ContainerInsights"
      streams        = ["Microsoft-ContainerLogV2", "Microsoft-KubeEvents"]
      extension_json = jsonencode({
        dataCollectionSettings = {
          interval               = "1m"
          namespaceFilteringMode = "Include"
          namespaces             = [var.kubernetes.namespace]
          enableContainerLogV2   = true
        }
      })
    }
  }

  destinations {
    log_analytics {
      name                  = "logs"
      workspace_resource_id = azurerm_log_analytics_workspace.this.id
    }
  }

  data_flow {
    streams      = ["Microsoft-ContainerLogV2", "Microsoft-KubeEvents"]
    destinations = ["logs"]
  }
}

resource "azurerm_monitor_data_collection_rule_association" "logs" {
  name                    = "ContainerInsightsExtension"
  target_resource_id      = azurerm_kubernetes_cluster.this.id
  data_collection_rule_id = azurerm_monitor_data_collection_rule.logs.id
}

# Who did what with the cluster and with the secrets.
resource "azurerm_monitor_diagnostic_setting" "audit" {
  for_each = {
    cluster = {
      resource_id = azurerm_kubernetes_cluster.this.id
      categories  = ["kube-audit-admin", "guard", "cluster-autoscaler"]
      destination = "Dedicated"
    }
    secrets = {
      resource_id = azurerm_key_vault.this.id
      categories  = ["AuditEvent"]
      destination = null
    }
  }

  name                           = "audit"
  target_resource_id             = each.value.resource_id
  log_analytics_workspace_id     = azurerm_log_analytics_workspace.this.id
  log_analytics_destination_type = each.value.destination

  dynamic "enabled_log" {
    for_each = toset(each.value.categories)
    content {
      category = enabled_log.value
    }
  }
}

# Metrics: managed Prometheus, paid for by the sample. The cluster's agent (monitor_metrics) scrapes, and this is where
# it sends to.
resource "azurerm_monitor_workspace" "this" {
  name                = local.name
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags
}

resource "azurerm_monitor_data_collection_endpoint" "metrics" {
  name                = "${local.short_name}-metrics"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  kind                = "Linux"
  tags                = local.tags
}

resource "azurerm_monitor_data_collection_rule" "metrics" {
  name                        = "${local.short_name}-metrics"
  resource_group_name         = azurerm_resource_group.this.name
  location                    = var.location
  kind                        = "Linux"
  data_collection_endpoint_id = azurerm_monitor_data_collection_endpoint.metrics.id
  description                 = "What Prometheus scrapes in the cluster"
  tags                        = local.tags

  data_sources {
    prometheus_forwarder {
      name    = "prometheus"
      streams = ["Microsoft-PrometheusMetrics"]
    }
  }

  destinations {
    monitor_account {
      name               = "metrics"
      monitor_account_id = azurerm_monitor_workspace.this.id
    }
  }

  data_flow {
    streams      = ["Microsoft-PrometheusMetrics"]
    destinations = ["metrics"]
  }
}

resource "azurerm_monitor_data_collection_rule_association" "metrics" {
  name                    = "prometheus"
  target_resource_id      = azurerm_kubernetes_cluster.this.id
  data_collection_rule_id = azurerm_monitor_data_collection_rule.metrics.id
}

# Grafana, paid for by the hour and by the person who looks; the dashboards of infrastructure/observability fit it.
resource "azurerm_dashboard_grafana" "this" {
  count = var.observability.grafana ? 1 : 0

  name                  = local.short_name
  resource_group_name   = azurerm_resource_group.this.name
  location              = var.location
  grafana_major_version = "12"
  api_key_enabled       = false
  tags                  = local.tags

  identity {
    type = "SystemAssigned"
  }

  azure_monitor_workspace_integrations {
    resource_id = azurerm_monitor_workspace.this.id
  }
}

# Grafana reads metrics and logs, and people come by Entra.
resource "azurerm_role_assignment" "grafana_reads" {
  for_each = var.observability.grafana ? {
    metrics = { scope = azurerm_monitor_workspace.this.id, role = "Monitoring Data Reader" }
    logs    = { scope = azurerm_log_analytics_workspace.this.id, role = "Log Analytics Reader" }
  } : {}

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_dashboard_grafana.this[0].identity[0].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "operators_grafana" {
  count = var.observability.grafana ? 1 : 0

  scope                = azurerm_dashboard_grafana.this[0].id
  role_definition_name = "Grafana Admin"
  principal_id         = var.operator_group_id
  principal_type       = "Group"
}

resource "azurerm_role_assignment" "operators_metrics" {
  scope                = azurerm_monitor_workspace.this.id
  role_definition_name = "Monitoring Data Reader"
  principal_id         = var.operator_group_id
  principal_type       = "Group"
}
