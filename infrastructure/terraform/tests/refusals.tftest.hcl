# What is refused before anything is asked of Azure.
mock_provider "azurerm" {
  source          = "./tests/mocks"
  override_during = plan
}

run "a_subscription_by_name" {
  command = plan

  variables {
    subscription_id = "my subscription"
  }

  expect_failures = [var.subscription_id]
}

run "an_environment_in_capitals" {
  command = plan

  variables {
    environment = "Test"
  }

  expect_failures = [var.environment]
}

run "an_environment_too_long" {
  command = plan

  variables {
    environment = "a-name-of-25-characters-1"
  }

  expect_failures = [var.environment]
}

run "a_region_by_its_display_name" {
  command = plan

  variables {
    location = "West Europe"
  }

  expect_failures = [var.location]
}

run "an_operator_by_name" {
  command = plan

  variables {
    operator_group_id = "operators"
  }

  expect_failures = [var.operator_group_id]
}

run "no_operator_at_all" {
  command = plan

  variables {
    operator_networks = []
  }

  expect_failures = [var.operator_networks]
}

run "an_address_without_a_mask" {
  command = plan

  variables {
    operator_networks = ["203.0.113.7"]
  }

  expect_failures = [var.operator_networks]
}

run "the_whole_internet" {
  command = plan

  variables {
    operator_networks = ["0.0.0.0/0"]
  }

  expect_failures = [var.operator_networks]
}

run "any_repository" {
  command = plan

  variables {
    github = { repository = "flixtube/*", environment = "test" }
  }

  expect_failures = [var.github]
}

run "any_github_environment" {
  command = plan

  variables {
    github = { repository = "flixtube/flixtube", environment = "*" }
  }

  expect_failures = [var.github]
}

run "any_site" {
  command = plan

  variables {
    site_origin = "*"
  }

  expect_failures = [var.site_origin]
}

run "a_site_in_the_clear" {
  command = plan

  variables {
    site_origin = "http://flixtube.example"
  }

  expect_failures = [var.site_origin]
}

run "a_patch_of_kubernetes" {
  command = plan

  variables {
    kubernetes = { version = "1.35.2" }
  }

  expect_failures = [var.kubernetes]
}

run "a_tier_that_is_not_sold" {
  command = plan

  variables {
    kubernetes = { tier = "Paid" }
  }

  expect_failures = [var.kubernetes]
}

run "no_serving_node" {
  command = plan

  variables {
    serving_nodes = { min = 0, max = 3 }
  }

  expect_failures = [var.serving_nodes]
}

run "fewer_nodes_at_most_than_at_least" {
  command = plan

  variables {
    serving_nodes = { min = 3, max = 2 }
  }

  expect_failures = [var.serving_nodes]
}

run "no_worker_ever" {
  command = plan

  variables {
    worker_nodes = { max = 0 }
  }

  expect_failures = [var.worker_nodes]
}

run "a_registry_by_name" {
  command = plan

  variables {
    registry = { existing_id = "flixtube" }
  }

  expect_failures = [var.registry]
}

run "cool_too_soon" {
  command = plan

  variables {
    storage = { cool_after_days = 7 }
  }

  expect_failures = [var.storage]
}

run "soft_delete_for_ever" {
  command = plan

  variables {
    storage = { soft_delete_days = 1000 }
  }

  expect_failures = [var.storage]
}

run "a_standby_of_a_burstable_database" {
  command = plan

  variables {
    database = { tier = "M20", storage_gb = 32, high_availability = true }
  }

  expect_failures = [var.database]
}

run "a_disk_that_is_not_sold" {
  command = plan

  variables {
    database = { tier = "M30", storage_gb = 100, high_availability = false }
  }

  expect_failures = [var.database]
}

run "half_an_hour_at_an_edge" {
  command = plan

  variables {
    front_door = { cache_hours = 0.5 }
  }

  expect_failures = [var.front_door]
}

run "a_year_at_an_edge" {
  command = plan

  variables {
    front_door = { cache_hours = 8760 }
  }

  expect_failures = [var.front_door]
}

run "logs_for_a_week" {
  command = plan

  variables {
    observability = { grafana = false, retention_days = 7 }
  }

  expect_failures = [var.observability]
}

run "half_a_generation" {
  command = plan

  variables {
    secrets_generation = 1.5
  }

  expect_failures = [var.secrets_generation]
}
