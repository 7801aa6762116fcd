variable "entra" {
  description = "The tenant and the app that asks; base_url and login_url where it is not Microsoft's public cloud."
  type = object({
    tenant_id = string
    client_id = string
    base_url  = optional(string)
    login_url = optional(string)
  })
}

variable "e5_seats" {
  type    = number
  default = 1389
}

variable "e3_seats" {
  type    = number
  default = 8434
}

variable "visio_seats" {
  type    = number
  default = 106
}

variable "engineers" {
  type    = string
  default = "user.department == \"Engineering\" && user.type == \"employee\""
}

variable "office" {
  type    = string
  default = "user.type == \"employee\""
}

variable "visio_users" {
  type    = string
  default = "user.title == \"Facility Planner\""
}

variable "acknowledge" {
  description = "How many removals are meant, and until when: the plan says the number."
  type        = object({ removals = number, until = string })
  default     = null
}
