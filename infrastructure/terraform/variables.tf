# What differs between environments is in environments/*.tfvars; what differs between people (subscription, network,
# repository) is passed beside them and has no default.

variable "subscription_id" {
  description = "Id of the Azure subscription that pays."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.subscription_id))
    error_message = "A subscription id is a GUID in lower case: az account show --query id"
  }
}

variable "environment" {
  description = "Name of the environment, part of every other name: test, production, or one of your own."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.environment)) && length(var.environment) <= 24
    error_message = "At most 24 lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "location" {
  description = "Azure region of everything but Front Door, which is everywhere. It must have three availability zones."
  type        = string
  default     = "westeurope"

  validation {
    condition     = can(regex("^[a-z]+[0-9]?$", var.location))
    error_message = "A region by its short name, such as westeurope: az account list-locations --query [].name"
  }
}

variable "tags" {
  description = "Tags beside application, environment and managed-by, such as cost-center."
  type        = map(string)
  default     = {}
}

variable "operator_group_id" {
  description = "Object id of the Entra group of those who operate FlixTube: administrators of cluster, secrets and Grafana."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.operator_group_id))
    error_message = "The object id of an Entra group is a GUID: az ad group show --group <name> --query id"
  }
}

variable "operator_networks" {
  description = "Public IPv4 networks (CIDR) from which operators reach Key Vault and storage, and from which Terraform runs."
  type        = set(string)

  validation {
    condition = length(var.operator_networks) > 0 && alltrue([
      for network in var.operator_networks : can(cidrhost(network, 0)) && can(regex("^[0-9.]+/[0-9]+$", network))
    ])
    error_message = "At least one IPv4 network in CIDR notation, such as 203.0.113.7/32: Terraform itself comes from there."
  }
  validation {
    # From /16 on: half of the internet is no operator's network.
    condition     = alltrue([for network in var.operator_networks : try(tonumber(split("/", network)[1]), 0) >= 16])
    error_message = "An operator's network is a /16 at most."
  }
}

variable "github" {
  description = <<-EOT
    The repository that delivers, the branch whose workflows may push images, and the GitHub environment whose jobs may
    deploy. The repository is what GitHub puts into its tokens: owner@id/name@id where it was made or renamed since July
    2026, owner/name for older ones that have kept to that.
  EOT
  type = object({
    repository  = string
    branch      = optional(string, "main")
    environment = string
  })

  validation {
    condition     = can(regex("^([A-Za-z0-9][A-Za-z0-9-]*@[0-9]+/[A-Za-z0-9._-]+@[0-9]+|[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+)$", var.github.repository))
    error_message = "The repository is owner@id/name@id, or owner/name, without wildcards: anyone it matches may deploy."
  }
  validation {
    condition = alltrue([
      for part in [var.github.branch, var.github.environment] : can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*$", part))
    ])
    error_message = "Branch and environment are exact names, without wildcards."
  }
}

variable "site_origin" {
  description = "Origin of the site (scheme and host) whose pages may fetch segments from Front Door."
  type        = string

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", var.site_origin))
    error_message = "An https origin without a path and without a slash at the end, such as https://flixtube.example"
  }
}

variable "kubernetes" {
  description = "The cluster: minor version, tier of the control plane (Standard has an SLA), namespace of the services, and the networks that may reach its API (none: all, who must still be known to Entra)."
  type = object({
    version      = optional(string, "1.35")
    tier         = optional(string, "Standard")
    namespace    = optional(string, "flixtube")
    api_networks = optional(set(string), [])
  })
  default = {}

  validation {
    condition     = can(regex("^1\\.[0-9]+$", var.kubernetes.version))
    error_message = "A minor version such as 1.35: patches are applied by Azure."
  }
  validation {
    condition     = contains(["Free", "Standard", "Premium"], var.kubernetes.tier)
    error_message = "The tier is Free, Standard or Premium."
  }
  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.kubernetes.namespace))
    error_message = "A namespace is a DNS label (RFC 1123)."
  }
}

variable "serving_nodes" {
  description = "Nodes for the system and all services but the encoders: VM size, zones, and how few and many there are."
  type = object({
    size  = optional(string, "Standard_D4as_v5")
    zones = optional(set(string), ["1", "2", "3"])
    min   = number
    max   = number
  })

  validation {
    condition     = var.serving_nodes.min >= 1 && var.serving_nodes.min <= var.serving_nodes.max && var.serving_nodes.max <= 100
    error_message = "1 <= min <= max <= 100."
  }
}

variable "worker_nodes" {
  description = "Nodes for the encoders, from none up to max; on spot VMs, which cost a fraction and may be taken away at any time."
  type = object({
    size = optional(string, "Standard_F8as_v6")
    max  = number
    spot = optional(bool, true)
  })

  validation {
    condition     = var.worker_nodes.max >= 1 && var.worker_nodes.max <= 100
    error_message = "1 <= max <= 100."
  }
}

variable "registry" {
  description = "The container registry: its SKU, or the id of one that exists, so that an image tested in one environment is the one that runs in another."
  type = object({
    sku         = optional(string, "Basic")
    existing_id = optional(string)
  })
  default = {}

  validation {
    condition     = contains(["Basic", "Standard", "Premium"], var.registry.sku)
    error_message = "The SKU is Basic, Standard or Premium."
  }
  validation {
    condition = var.registry.existing_id == null || can(regex(
      "^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.ContainerRegistry/registries/[^/]+$",
      var.registry.existing_id
    ))
    error_message = "The whole resource id of a registry: az acr show --name <name> --query id"
  }
}

variable "storage" {
  description = "The store of videos: replication, days that deleted objects can be had back, and days without being read after which an object moves to the cool tier."
  type = object({
    replication      = optional(string, "ZRS")
    soft_delete_days = optional(number, 14)
    cool_after_days  = optional(number, 60)
  })
  default = {}

  validation {
    condition     = contains(["LRS", "ZRS", "GRS", "GZRS", "RAGRS", "RAGZRS"], var.storage.replication)
    error_message = "The replication is LRS, ZRS, GRS, GZRS, RAGRS or RAGZRS."
  }
  validation {
    condition     = var.storage.soft_delete_days >= 1 && var.storage.soft_delete_days <= 365
    error_message = "Deleted objects are kept for 1 to 365 days."
  }
  validation {
    # What leaves the cool tier before 30 days is paid for 30.
    condition     = var.storage.cool_after_days >= 30
    error_message = "Objects move to the cool tier after 30 days at the earliest."
  }
}

variable "database" {
  description = "The MongoDB cluster: compute tier, storage of each shard in GiB, and a standby in another zone."
  type = object({
    tier              = string
    storage_gb        = number
    high_availability = bool
    version           = optional(string, "8.0")
  })

  validation {
    condition     = contains(["M10", "M20", "M25", "M30", "M40", "M50", "M60", "M80", "M200"], var.database.tier)
    error_message = "The tier is one of M10, M20, M25, M30, M40, M50, M60, M80, M200."
  }
  validation {
    condition     = !var.database.high_availability || !contains(["M10", "M20", "M25"], var.database.tier)
    error_message = "The burstable tiers M10, M20 and M25 have no standby: take M30 or more."
  }
  validation {
    condition     = contains([32, 64, 128, 256, 512, 1024, 2048, 4095], var.database.storage_gb)
    error_message = "The storage is 32, 64, 128, 256, 512, 1024, 2048 or 4095 GiB."
  }
}

variable "front_door" {
  description = "The CDN of segments: its tier (Premium reaches storage by private link), and whether viewers are sent there (false: bytes pass through the services, docs/decisions/0024)."
  type = object({
    tier     = optional(string, "Standard")
    delivers = optional(bool, true)
  })
  default = {}

  validation {
    condition     = contains(["Standard", "Premium"], var.front_door.tier)
    error_message = "The tier is Standard or Premium."
  }
}

variable "observability" {
  description = <<-EOT
    Managed Grafana or none, days that logs are kept, the most GB of logs a day (-1: no limit), and the id of the action
    group that is told of alerts (none: they stand in the portal and in Grafana).
  EOT
  type = object({
    grafana         = bool
    retention_days  = optional(number, 30)
    daily_gb        = optional(number, -1)
    action_group_id = optional(string)
  })

  validation {
    condition     = var.observability.retention_days >= 30 && var.observability.retention_days <= 730
    error_message = "Logs are kept for 30 to 730 days."
  }
  validation {
    condition     = var.observability.daily_gb == -1 || var.observability.daily_gb > 0
    error_message = "A limit above 0 GB a day, or -1 for none."
  }
}

variable "secrets_generation" {
  description = "Raise it by one to have all generated secrets and passwords made anew at the next apply."
  type        = number
  default     = 1

  validation {
    condition     = var.secrets_generation >= 1 && floor(var.secrets_generation) == var.secrets_generation
    error_message = "A whole number from 1 on."
  }
}
