import {
  to = voltage_webhook.orders
  id = "3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02/2d4f6a8c-1b3d-4e5f-8a9b-0c1d2e3f4a5b"
}
