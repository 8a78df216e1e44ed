data "voltage_lines_of_credit" "all" {}

output "line_ids" {
  description = "The ID of each line of credit, by network and currency."
  value       = { for line in data.voltage_lines_of_credit.all.lines_of_credit : "${line.network}/${line.currency}" => line.id }
}
