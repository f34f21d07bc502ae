package email

import (
	"slices"
	"strings"
)

// noSuchBox says whether a status code (RFC 3463) means that the mailbox is not there, or is closed. The other codes of
// class 5.1 speak of the sender, of what is ambiguous, or even of success; all of 5.7 is about content and policy.
func noSuchBox(status string) bool {
	return slices.Contains([]string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}, status)
}

// saysNothing tells a status code that leaves all to the words beside it.
func saysNothing(status string) bool { return status == "" || status == "5.0.0" || status == "0.0.0" }

// What servers write where they give no code that says anything.
var (
	boxWords = []string{
		"user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox", "no mailbox", "mailbox unavailable", "mailbox not found",
		"mailbox does not exist", "does not exist", "recipient unknown", "unknown recipient", "recipient not found", "invalid recipient", "address unknown",
		"unknown address", "address rejected: user", "unrouteable address", "no longer available", "account disabled", "unbekannt", "existiert nicht",
		"requested action not taken: mailbox",
	}
	policyWords = []string{
		"spam", "policy", "policies", "block", "blacklist", "listed", "reputation", "relay", "denied", "dmarc", "spf", "dkim", "content", "virus", "quota", "full",
		"rate", "too many", "greylist", "authenticat", "ptr", "reverse dns", "suspicious",
	}
)

// wordsOfNoBox reads the words of a refusal. Words about content or policy win: an address must not be lost because
// somebody did not like a mail.
func wordsOfNoBox(text string) bool {
	low := strings.ToLower(text)
	has := func(w string) bool { return strings.Contains(low, w) }
	return slices.ContainsFunc(boxWords, has) && !slices.ContainsFunc(policyWords, has)
}
