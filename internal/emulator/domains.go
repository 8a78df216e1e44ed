package emulator

// domains are the parts of the API. Each is a file here, which knows the forms of requests and answers, and a file or more of package
// world, which knows what happens.
var domains = []func(*Emulator){
	(*Emulator).routeWallets,
	(*Emulator).routeLinesOfCredit,
	(*Emulator).routeLedger,
	(*Emulator).routePolicies,
	(*Emulator).routePayments,
	(*Emulator).routeQuotes,
	(*Emulator).routeWebhooks,
	(*Emulator).routeDeliveries,
	(*Emulator).routeBills,
	(*Emulator).routeCheckout,
	(*Emulator).routeCheckoutSessions,
	(*Emulator).routeCheckoutStreams,
	(*Emulator).routeAssets,
}
