# What whoever applies it passes beside the environment, here for the tests. None of it exists.
subscription_id   = "00000000-0000-4000-8000-000000000001"
operator_group_id = "00000000-0000-4000-8000-000000000002"
operator_networks = ["203.0.113.7/32", "198.51.100.0/24"]
site_origin       = "https://flixtube.example"
github            = { repository = "flixtube/flixtube", environment = "test" }
