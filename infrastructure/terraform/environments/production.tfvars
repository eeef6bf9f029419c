# Outlives the loss of a zone: a node in each of three, storage in three, a standby of MongoDB in another.
environment = "production"

kubernetes = { tier = "Standard" }

serving_nodes = { min = 3, max = 12 }
worker_nodes  = { max = 8 }

registry = { sku = "Standard" }

storage = { replication = "ZRS" }

database = { tier = "M30", storage_gb = 128, high_availability = true }

observability = { grafana = true, retention_days = 90 }
