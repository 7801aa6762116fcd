variable "people" {
  description = "The directory, here Microsoft Entra."
  type = object({
    tenant_id = string
    client_id = string
    base_url  = optional(string)
    login_url = optional(string)
  })
}

variable "github" {
  description = "Organization and enterprise; an App's ids where it signs in as one; base_url where it is the sandbox."
  type = object({
    organization    = string
    enterprise      = optional(string)
    app_id          = optional(string)
    installation_id = optional(string)
    base_url        = optional(string)
  })
}

variable "copilot_seats" {
  type = number
}

variable "pilot_seats" {
  type    = number
  default = 20
}

variable "engineers" {
  type    = string
  default = "user.department == \"Engineering\" && user.type == \"employee\""
}

variable "pilots" {
  type    = string
  default = "user.title == \"Engineering Lead\""
}

variable "acknowledge" {
  description = "How many removals are meant, and until when: the plan says the number."
  type        = object({ removals = number, until = string })
  default     = null
}
