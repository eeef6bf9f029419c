# The alerts that Compose's Prometheus has, and what they stand on, in managed Prometheus.
locals {
  rules = "${path.module}/../observability/prometheus/rules"
  rule_groups = {
    for group in flatten([for name in fileset(local.rules, "*.yaml") : yamldecode(file("${local.rules}/${name}")).groups]) :
    group.name => group.rules
  }
  severities = { page = 1, ticket = 3 }
}

resource "azurerm_monitor_alert_prometheus_rule_group" "this" {
  for_each = local.rule_groups

  name                = "${local.name}-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  cluster_name        = azurerm_kubernetes_cluster.this.name
  description         = "infrastructure/observability/prometheus/rules: ${each.key}"
  interval            = "PT1M"
  scopes              = [azurerm_monitor_workspace.this.id, azurerm_kubernetes_cluster.this.id]
  tags                = local.tags

  dynamic "rule" {
    for_each = each.value
    content {
      record      = lookup(rule.value, "record", null)
      alert       = lookup(rule.value, "alert", null)
      expression  = rule.value.expr
      for         = can(rule.value.for) ? "PT${upper(rule.value.for)}" : null
      labels      = lookup(rule.value, "labels", null)
      annotations = lookup(rule.value, "annotations", null)
      severity    = can(rule.value.alert) ? local.severities[rule.value.labels.severity] : null

      dynamic "action" {
        for_each = can(rule.value.alert) && var.observability.action_group_id != null ? [1] : []
        content {
          action_group_id = var.observability.action_group_id
        }
      }
    }
  }
}
