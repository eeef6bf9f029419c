# Exact versions: no lock file is kept here, because its checksums can only be taken from the public registry (README).
terraform {
  # Write-only arguments, by which a secret gets into Key Vault and not into the state.
  required_version = ">= 1.11.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "5.2.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "3.9.0"
    }
  }

  # Where the state lies is said by environments/*.azurerm.tfbackend and by whoever runs it (README).
  backend "azurerm" {}
}

provider "azurerm" {
  subscription_id = var.subscription_id
  # Blobs by Microsoft Entra, since the storage account takes no key.
  storage_use_azuread = true

  resource_providers_to_register = [
    "Microsoft.AlertsManagement",
    "Microsoft.Cdn",
    "Microsoft.ContainerRegistry",
    "Microsoft.ContainerService",
    "Microsoft.Dashboard",
    "Microsoft.DocumentDB",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Monitor",
    "Microsoft.Network",
    "Microsoft.OperationalInsights",
    "Microsoft.OperationsManagement",
    "Microsoft.Storage",
  ]

  features {
    key_vault {
      # A vault that was destroyed by mistake comes back with its secrets when it is applied again.
      purge_soft_delete_on_destroy    = false
      recover_soft_deleted_key_vaults = true
    }
    resource_group {
      # Something in the group that Terraform has not made stops its destruction.
      prevent_deletion_if_contains_resources = true
    }
  }
}

data "azurerm_client_config" "current" {}
