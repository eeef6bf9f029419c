# What is refused before anything is asked of Azure: each of these values, by its variable.
mock_provider "azurerm" {
  source          = "./tests/mocks"
  override_during = plan
}

run "what_is_written_wrong" {
  command = plan

  variables {
    subscription_id    = "my subscription"
    environment        = "Test"
    location           = "West Europe"
    operator_group_id  = "operators"
    operator_networks  = ["203.0.113.7"]
    github             = { repository = "flixtube", environment = "test" }
    site_origin        = "http://flixtube.example"
    kubernetes         = { version = "1.35.2" }
    registry           = { existing_id = "flixtube" }
    front_door         = { tier = "Basic" }
    secrets_generation = 1.5
  }

  expect_failures = [
    var.subscription_id,
    var.environment,
    var.location,
    var.operator_group_id,
    var.operator_networks,
    var.github,
    var.site_origin,
    var.kubernetes,
    var.registry,
    var.front_door,
    var.secrets_generation,
  ]
}

run "what_lets_too_many_in" {
  command = plan

  variables {
    operator_networks = ["0.0.0.0/0"]
    github            = { repository = "flixtube/*", environment = "test" }
    site_origin       = "*"
  }

  expect_failures = [
    var.operator_networks,
    var.github,
    var.site_origin,
  ]
}

run "what_is_half_a_repository_with_ids" {
  command = plan

  variables {
    github = { repository = "flixtube@123456/flixtube", environment = "test" }
  }

  expect_failures = [var.github]
}

run "what_lets_any_job_deploy" {
  command = plan

  variables {
    github            = { repository = "flixtube/flixtube", environment = "*" }
    operator_networks = []
  }

  expect_failures = [
    var.github,
    var.operator_networks,
  ]
}

run "what_is_too_much_or_too_little" {
  command = plan

  variables {
    environment        = "a-name-of-25-characters-1"
    serving_nodes      = { min = 0, max = 3 }
    worker_nodes       = { max = 0 }
    storage            = { cool_after_days = 7 }
    database           = { tier = "M30", storage_gb = 100, high_availability = false }
    front_door         = { tier = "Classic" }
    observability      = { grafana = false, retention_days = 7 }
    secrets_generation = 0
  }

  expect_failures = [
    var.environment,
    var.serving_nodes,
    var.worker_nodes,
    var.storage,
    var.database,
    var.front_door,
    var.observability,
    var.secrets_generation,
  ]
}

run "what_azure_does_not_sell" {
  command = plan

  variables {
    kubernetes    = { tier = "Paid" }
    serving_nodes = { min = 3, max = 2 }
    registry      = { sku = "Free" }
    storage       = { replication = "RAID" }
    database      = { tier = "M20", storage_gb = 32, high_availability = true }
    front_door    = { tier = "Free" }
    observability = { grafana = false, daily_gb = 0 }
  }

  expect_failures = [
    var.kubernetes,
    var.serving_nodes,
    var.registry,
    var.storage,
    var.database,
    var.front_door,
    var.observability,
  ]
}
