# Two values that a test compares.

variable "before" {
  type = string
}

variable "after" {
  type = string
}
