package flows

import "ehrenamt/conversations/wording"

// nearerLine tells which front is nearer to a place; "" where this one is.
func nearerLine(w wording.Words, f NearerFront, place string) string {
	if f.Name == "" {
		return ""
	}
	return "\n" + w.T("front.nearer", "Name", f.Name, "Link", f.Link, "Place", place)
}
