output "crm_waiting" {
  value = seatwise_seat_pool.crm.waiting
}

output "crm_monthly_cost" {
  value = seatwise_seat_pool.crm.monthly_cost
}

output "vpn_monthly_cost" {
  value = seatwise_seat_pool.vpn.monthly_cost
}
