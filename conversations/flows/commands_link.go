package flows

// What flows may ask for about the addresses of a person.

// AddressOf is an address of the person, as they see it themselves.
type AddressOf struct {
	Key     string `json:"key"`     // the whole address
	Channel string `json:"channel"` // the network
	Name    string `json:"name,omitempty"`
	Here    bool   `json:"here,omitempty"`   // the one spoken to
	Alerts  bool   `json:"alerts,omitempty"` // alerts go there
	Closed  bool   `json:"closed,omitempty"` // it takes no messages
}

// LookAtAddresses asks for Addresses.
type LookAtAddresses struct{}

// Addresses are all addresses of the person, the oldest first.
type Addresses struct{ All []AddressOf }

// LinkBegin asks for a code by which another address becomes the person's.
type LinkBegin struct{}

// LinkBegun hands it out.
type LinkBegun struct {
	Code  string    `json:"code"`
	Hours int       `json:"hours"`
	Ways  []LinkWay `json:"ways,omitempty"`
}

// LinkWay is another network on which the front can be written to.
type LinkWay struct {
	Channel string `json:"channel"`
	Link    string `json:"link,omitempty"` // opens it with the code said; for mail: the mailbox
}

// LinkMail asks to write to a mail address that somebody says is theirs.
type LinkMail struct{ To string }

// LinkMailed tells that it was written to.
type LinkMailed struct{ To string }

// LinkCode uses a code from here. Sure is set once the person was told what it means.
type LinkCode struct {
	Code string
	Sure bool
}

// LinkSure tells what the code leads to, to somebody who has something to lose.
type LinkSure struct{ Other AddressOf }

// LinkAsked tells that the other side is asked.
type LinkAsked struct{ Other AddressOf }

// LinkAnswer is what the other side says.
type LinkAnswer struct {
	Secret string
	Yes    bool
}

// Linked tells that both are one person now.
type Linked struct {
	Other   AddressOf
	Alerts  AddressOf // where alerts go
	Stopped bool      // they want none
}

// LinkDenied tells that they stay two.
type LinkDenied struct{}

// Detach takes an address from the person.
type Detach struct{ Key string }

// Detached tells that it is gone.
type Detached struct{ Address AddressOf }

// Prefer sends alerts to an address from now on.
type Prefer struct{ Key string }

// Preferred tells that it is so, or will be once its owner has confirmed it there.
type Preferred struct {
	Address AddressOf
	Confirm bool
}

// Refusals about addresses.
const (
	OwnCode     Refusal = "own_code"     // the code was made by the same person
	NoMail      Refusal = "no_mail"      // the front has no mailbox
	BadMail     Refusal = "bad_mail"     // no such mail address can be
	AlreadyMine Refusal = "already_mine" // the address is theirs already
	LastAddress Refusal = "last_address" // nothing would be left
	Today       Refusal = "today"        // it was written to today
)
