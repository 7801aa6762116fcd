variable "entra" {
  description = "Block of the directory and of Microsoft 365; its secret is SEATWISE_ENTRA_CLIENT_SECRET."
  type        = any
}

variable "github" {
  type = any
}

variable "okta" {
  type = any
}

variable "google" {
  type = any
}

variable "bought" {
  description = "How many seats were bought and until when: e5, e3, visio, copilot, figma, plus, standard."
  type        = map(object({ seats = number, type = string, until = string }))
}

variable "copilot_allotment" {
  description = "How many seats of Copilot the pool may use: GitHub sells another with every assignment."
  type        = number
}

variable "who" {
  description = "Who is meant, as conditions over the directory."
  type        = object({ staff = string, e5 = string, copilot = string, figma = string, workspace = string })
}

variable "visio_users" {
  description = "Who asked for Visio, by e-mail or user name."
  type        = list(string)
}

variable "acknowledge" {
  description = "Somebody's word that so many removals are meant, until a time (RFC 3339): by pool."
  type        = map(object({ removals = number, until = string }))
  default     = {}
}
