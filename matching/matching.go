// Package matching holds the nouns of the exchange (posting, subscription, answer,
// place, times of the week), the rules of their lives (which step may follow
// which), and who fits whom and why. It is pure: it reads no clock, opens no file
// and knows no network. What it says to people it says as typed reasons, never as
// sentences.
package matching

import "slices"

// Kind tells a need from an offer.
type Kind string

// The two kinds of posting.
const (
	Need  Kind = "need"
	Offer Kind = "offer"
)

// Kinds lists both kinds in the order of their bits.
var Kinds = []Kind{Need, Offer}

// Other is the kind that answers this one.
func (k Kind) Other() Kind {
	if k == Need {
		return Offer
	}
	return Need
}

// Actor is the sort of somebody who posts.
type Actor string

// The actors. UnknownActor is asked for, never stored on a published posting.
const (
	UnknownActor Actor = "unknown"
	Person       Actor = "person"
	Club         Actor = "club"
	Company      Actor = "company"
	School       Actor = "school"
	Initiative   Actor = "initiative"
	Municipality Actor = "municipality"
)

// Actors lists the known actors in the order in which people are asked.
var Actors = []Actor{Club, Person, Company, School, Initiative, Municipality}

// Category is what a posting is about: its cause or its beneficiaries.
type Category string

// The categories.
const (
	ChildrenYouth         Category = "children_youth"
	Seniors               Category = "seniors"
	Sport                 Category = "sport"
	CultureMusic          Category = "culture_music"
	EnvironmentNature     Category = "environment_nature"
	Animals               Category = "animals"
	SocialPoverty         Category = "social_poverty"
	RefugeesIntegration   Category = "refugees_integration"
	HealthCare            Category = "health_care"
	DisabilityInclusion   Category = "disability_inclusion"
	EducationMentoring    Category = "education_mentoring"
	DisasterReliefRescue  Category = "disaster_relief_rescue"
	EventsFestivals       Category = "events_festivals"
	NeighbourhoodHelp     Category = "neighbourhood_help"
	CraftsRepair          Category = "crafts_repair"
	ITDigital             Category = "it_digital"
	AdministrationBoard   Category = "administration_board"
	TransportDriving      Category = "transport_driving"
	FoodRescue            Category = "food_rescue"
	PoliticsRights        Category = "politics_rights"
	ChurchReligion        Category = "church_religion"
	CorporateVolunteering Category = "corporate_volunteering"
	ResourcesLending      Category = "resources_lending"
	OtherCategory         Category = "other"
)

// Categories lists all categories; the position of a category is its bit. New ones go to the end.
var Categories = []Category{
	ChildrenYouth, Seniors, Sport, CultureMusic, EnvironmentNature, Animals, SocialPoverty,
	RefugeesIntegration, HealthCare, DisabilityInclusion, EducationMentoring, DisasterReliefRescue,
	EventsFestivals, NeighbourhoodHelp, CraftsRepair, ITDigital, AdministrationBoard, TransportDriving,
	FoodRescue, PoliticsRights, ChurchReligion, CorporateVolunteering, ResourcesLending, OtherCategory,
}

// Bit is the position of the category in a mask, or -1 for one that does not exist.
func (c Category) Bit() int { return slices.Index(Categories, c) }

// Qualification is something one has to be able, allowed or known to do.
type Qualification string

// The qualifications. Languages are language_ and their ISO 639-1 code.
const (
	DrivingLicenceB Qualification = "driving_licence_b"
	DrivingLicenceC Qualification = "driving_licence_c"
	FirstAid        Qualification = "first_aid"
	PoliceClearance Qualification = "police_clearance"  // erweitertes Führungszeugnis, § 30a BZRG
	YouthLeaderCard Qualification = "youth_leader_card" // Juleica
	Lifeguard       Qualification = "lifeguard"
	FoodHygiene     Qualification = "food_hygiene" // Belehrung nach § 43 IfSG
	ITSkills        Qualification = "it_skills"
	CraftSkills     Qualification = "craft_skills"
	Medical         Qualification = "medical"
	Teaching        Qualification = "teaching"
	TrainerLicence  Qualification = "trainer_licence"
	Forklift        Qualification = "forklift"
	OwnCar          Qualification = "own_car"
)

// Qualifications lists all qualifications; the position is the bit. New ones go to the end.
var Qualifications = []Qualification{
	DrivingLicenceB, DrivingLicenceC, FirstAid, PoliceClearance, YouthLeaderCard, Lifeguard, FoodHygiene,
	ITSkills, CraftSkills, Medical, Teaching, TrainerLicence, Forklift, OwnCar,
	"language_de", "language_en", "language_tr", "language_uk", "language_ar", "language_fr", "language_es",
	"language_it", "language_pl", "language_ru", "language_nl", "language_fa", "language_ro", "language_bg",
	"language_sq", "language_hr", "language_sr", "language_el", "language_pt", "language_zh", "language_ku",
	"language_ti", "language_so", "language_sign",
}

// Language is the qualification of speaking a language, given by its ISO 639-1 code.
func Language(iso string) Qualification { return Qualification("language_" + iso) }

// Bit is the position of the qualification in a mask, or -1 for one that does not exist.
func (q Qualification) Bit() int { return slices.Index(Qualifications, q) }

// Mask is the set of the given qualifications as bits; unknown ones are left out.
func QualificationMask(qs []Qualification) uint64 {
	var m uint64
	for _, q := range qs {
		if b := q.Bit(); b >= 0 {
			m |= 1 << b
		}
	}
	return m
}

// CategoryMask is the set of the given categories as bits; unknown ones are left out.
func CategoryMask(cs []Category) uint32 {
	var m uint32
	for _, c := range cs {
		if b := c.Bit(); b >= 0 {
			m |= 1 << b
		}
	}
	return m
}

// Task is what one does with one's hands, independent of the cause.
type Task string

// The tasks.
const (
	Carry     Task = "carry" // carry, set up, take down
	Drive     Task = "drive"
	Accompany Task = "accompany"
	Explain   Task = "explain" // teach, read aloud, translate
	CareFor   Task = "care"    // look after children, animals, people
	Cook      Task = "cook"    // cook, bake, serve
	Repair    Task = "repair"
	Garden    Task = "garden" // plant, rake, clean up outdoors
	Organise  Task = "organise"
	Coach     Task = "coach"
	Perform   Task = "perform" // music, theatre, photography
	Compute   Task = "compute"
	Sell      Task = "sell" // stalls, tickets, collecting
	Lend      Task = "lend"
)

// Tasks lists all tasks in stable order.
var Tasks = []Task{Carry, Drive, Accompany, Explain, CareFor, Cook, Repair, Garden, Organise, Coach, Perform, Compute, Sell, Lend}
