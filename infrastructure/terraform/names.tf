locals {
  application = "flixtube"

  # Six characters that make a name the only one of its kind in Azure, the same at every apply, and that keep names
  # apart whose environment was cut off.
  suffix = substr(sha256("${var.subscription_id}/${local.application}/${var.environment}"), 0, 6)

  # For names of up to 40 characters: flixtube-production-1a2b3c
  name = "${local.application}-${var.environment}-${local.suffix}"
  # For names of letters and digits, 24 at most: flixtubeproduction1a2b3c
  compact_name = "${local.application}${substr(replace(var.environment, "-", ""), 0, 10)}${local.suffix}"
  # For names with hyphens, 23 at most: ft-production-1a2b3c
  short_name = "ft-${trimsuffix(substr(var.environment, 0, 12), "-")}-${local.suffix}"

  tags = merge(var.tags, {
    application = local.application
    environment = var.environment
    managed-by  = "terraform"
  })
}

resource "azurerm_resource_group" "this" {
  name     = local.name
  location = var.location
  tags     = local.tags
}
