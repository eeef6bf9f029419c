# The cheapest that is still the same: one node and no standby, so that it may be gone for a while; no Grafana of its own.
environment = "test"

kubernetes = { tier = "Free" }

serving_nodes = { min = 1, max = 3 }
worker_nodes  = { max = 1 }

storage = { replication = "LRS", soft_delete_days = 7 }

database = { tier = "M10", storage_gb = 32, high_availability = false }

observability = { grafana = false, daily_gb = 1 }
