package emulator

// domains are the parts of the API. Each has a file in this package for the forms of requests and answers, and one or more files in package
// world for the behaviour.
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
