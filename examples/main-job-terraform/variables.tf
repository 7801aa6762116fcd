variable "keycloak" {
  description = "Where the people are."
  type        = object({ base_url = string, realm = string })
}

variable "crm" {
  description = "Where the CRM's accounts are; account: how they are named there, unless by e-mail or user name."
  type        = object({ base_url = string, account = optional(string) })
}

variable "crm_sku" {
  type    = string
  default = "group:crm-users"
}

variable "crm_allotment" {
  description = "How many seats the CRM's pool may use."
  type        = number
}

variable "crm_annual" {
  description = "Seats that are bought for the year."
  type        = number
}

variable "crm_flexible" {
  description = "Seats that are paid as they are used."
  type        = number
}

variable "crm_teams" {
  description = "Which people get a seat, in order of priority; allotment: at most so many of them."
  type        = list(object({ name = string, when = string, allotment = optional(number) }))
}

variable "trial" {
  description = "People by name who try the CRM."
  type        = list(string)
}

variable "vpn_full_sku" {
  type    = string
  default = "group:vpn-full"
}

variable "vpn_standard_sku" {
  type    = string
  default = "group:vpn-standard"
}

variable "vpn_allotment" {
  type = number
}

variable "vpn_full_when" {
  description = "Who gets the full license; the others get the standard one."
  type        = string
}

variable "vpn_teams" {
  type = list(object({ name = string, when = string, allotment = optional(number) }))
}

variable "acknowledge" {
  description = "Somebody's word that so many removals are meant, until a time (RFC 3339)."
  type        = object({ removals = number, until = string })
  default     = null
}
