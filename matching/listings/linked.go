package listings

import (
	"time"

	"ehrenamt/matching"
)

// linked is an entry in the vocabulary of schema.org: a need is a JobPosting of employmentType VOLUNTEER, as search
// engines read it (https://schema.org/JobPosting), an offer an Offer of a Service (https://schema.org/Offer).
func linked(l Listing, zone *time.Location) any {
	place := map[string]any{
		"@type":   "Place",
		"address": without(map[string]any{"@type": "PostalAddress", "addressLocality": l.Place, "postalCode": l.Postcode, "addressCountry": "DE"}),
	}
	if !l.Point.IsZero() {
		place["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": l.Point.Lat, "longitude": l.Point.Lon}
	}
	who := without(map[string]any{"@type": schemaType(l.Actor), "name": l.Organisation})
	id := map[string]any{"@type": "PropertyValue", "propertyID": "code", "value": l.Code}
	if l.Kind == matching.Offer {
		return without(map[string]any{
			"@type": "Offer", "identifier": id, "name": l.Title, "description": l.Description, "category": l.Category, "url": l.Link,
			"availableAtOrFrom": place, "offeredBy": who, "availabilityStarts": first(l, zone), "availabilityEnds": last(l, zone),
			"itemOffered": map[string]any{"@type": "Service", "name": l.Title}, "price": "0", "priceCurrency": "EUR",
		})
	}
	text := l.Description
	if text == "" {
		text = l.Title
	}
	o := map[string]any{
		"@type": "JobPosting", "identifier": id, "title": l.Title, "description": text, "employmentType": "VOLUNTEER", "industry": l.Category,
		"hiringOrganization": who, "jobLocation": place, "url": l.Link, "jobStartDate": first(l, zone), "validThrough": last(l, zone),
	}
	if l.Helpers > 0 {
		o["totalJobOpenings"] = l.Helpers
	}
	if l.MinAge > 0 {
		o["qualifications"] = map[string]any{"@type": "PropertyValue", "propertyID": "minimumAge", "value": l.MinAge}
	}
	return without(o)
}

func schemaType(a matching.Actor) string {
	switch a {
	case matching.Person:
		return "Person"
	case matching.School:
		return "EducationalOrganization"
	case matching.Municipality:
		return "GovernmentOrganization"
	case matching.Company:
		return "Corporation"
	case matching.Club:
		return "NGO"
	}
	return "Organization"
}

func first(l Listing, zone *time.Location) string {
	if len(l.Dates) == 0 {
		return ""
	}
	s, _ := stamps(l.Dates[0], zone)
	return s
}

func last(l Listing, zone *time.Location) string {
	if len(l.Dates) == 0 || l.Recurrence != "" {
		return ""
	}
	s, e := stamps(l.Dates[len(l.Dates)-1], zone)
	if e == "" {
		return s
	}
	return e
}

// without leaves out what has no value.
func without(o map[string]any) map[string]any {
	for k, v := range o {
		if v == "" {
			delete(o, k)
		}
	}
	return o
}
