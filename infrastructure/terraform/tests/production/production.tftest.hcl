# environments/production.tfvars, and what is refused under that name.
mock_provider "azurerm" {
  source          = "./tests/mocks"
  override_during = plan
}

run "outlives_a_zone" {
  command = plan

  assert {
    condition = (
      azurerm_kubernetes_cluster.this.sku_tier == "Standard" &&
      azurerm_kubernetes_cluster.this.default_node_pool[0].min_count >= 3 &&
      azurerm_kubernetes_cluster.this.default_node_pool[0].zones == toset(["1", "2", "3"])
    )
    error_message = "The services are lost with a zone."
  }
  assert {
    condition     = azurerm_storage_account.videos.account_replication_type == "ZRS"
    error_message = "The videos are lost with a zone."
  }
  assert {
    condition     = azurerm_mongo_cluster.this.high_availability_mode == "ZoneRedundantPreferred" && azurerm_mongo_cluster.this.compute_tier == "M30"
    error_message = "The catalogue is lost with a zone."
  }
}

run "is_watched" {
  command = plan

  assert {
    condition     = length(azurerm_dashboard_grafana.this) == 1 && toset(keys(azurerm_role_assignment.grafana_reads)) == toset(["logs", "metrics"])
    error_message = "There is no Grafana, or it sees nothing."
  }
  assert {
    condition     = azurerm_log_analytics_workspace.this.retention_in_days == 90
    error_message = "Logs are kept for another time than said."
  }
}

run "not_on_one_node" {
  command = plan

  variables {
    serving_nodes = { min = 1, max = 3 }
  }

  expect_failures = [azurerm_kubernetes_cluster.this]
}

run "not_without_a_promise" {
  command = plan

  variables {
    kubernetes = { tier = "Free" }
  }

  expect_failures = [azurerm_kubernetes_cluster.this]
}

run "not_in_one_building" {
  command = plan

  variables {
    storage = { replication = "LRS" }
  }

  expect_failures = [azurerm_storage_account.videos]
}

run "not_without_a_standby" {
  command = plan

  variables {
    database = { tier = "M30", storage_gb = 128, high_availability = false }
  }

  expect_failures = [azurerm_mongo_cluster.this]
}
