# Lets what holds data be destroyed. Terraform takes no heed of it here: to destroy an environment for good, copy it
# beside main's files, apply, destroy, and delete the copy (README).
resource "azurerm_storage_account" "videos" {
  lifecycle {
    prevent_destroy = false
  }
}

resource "azurerm_storage_container" "videos" {
  lifecycle {
    prevent_destroy = false
  }
}

resource "azurerm_mongo_cluster" "this" {
  lifecycle {
    prevent_destroy = false
  }
}

resource "azurerm_key_vault" "this" {
  lifecycle {
    prevent_destroy = false
  }
}
