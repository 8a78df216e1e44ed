moved {
  from = voltage_wallet.staging["donations"]
  to   = voltage_wallet.staging["tips"]
}
