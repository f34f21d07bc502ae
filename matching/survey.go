package matching

// Area is one of the 14 areas of the Deutscher Freiwilligensurvey, by which public reports count engagement
// (https://www.dza.de/forschung/fws).
type Area string

// The areas, in the order of the survey.
const (
	AreaSport      Area = "sport"
	AreaCulture    Area = "culture"
	AreaLeisure    Area = "leisure"
	AreaSocial     Area = "social"
	AreaHealth     Area = "health"
	AreaSchool     Area = "school"
	AreaYouth      Area = "youth"
	AreaNature     Area = "nature"
	AreaPolitics   Area = "politics"
	AreaProfession Area = "profession"
	AreaChurch     Area = "church"
	AreaJustice    Area = "justice"
	AreaRescue     Area = "rescue"
	AreaLocal      Area = "local"
)

// Areas lists all areas in the order of the survey.
var Areas = []Area{
	AreaSport, AreaCulture, AreaLeisure, AreaSocial, AreaHealth, AreaSchool, AreaYouth, AreaNature, AreaPolitics, AreaProfession,
	AreaChurch, AreaJustice, AreaRescue, AreaLocal,
}

// areaOf holds the areas of all categories but those of local engagement.
var areaOf = map[Category]Area{
	ChildrenYouth: AreaYouth, Seniors: AreaSocial, Sport: AreaSport, CultureMusic: AreaCulture, EnvironmentNature: AreaNature, Animals: AreaNature,
	SocialPoverty: AreaSocial, RefugeesIntegration: AreaSocial, HealthCare: AreaHealth, DisabilityInclusion: AreaSocial, EducationMentoring: AreaSchool,
	DisasterReliefRescue: AreaRescue, EventsFestivals: AreaLeisure, NeighbourhoodHelp: AreaSocial, CraftsRepair: AreaLeisure, ITDigital: AreaYouth,
	TransportDriving: AreaSocial, FoodRescue: AreaSocial, PoliticsRights: AreaPolitics, ChurchReligion: AreaChurch,
}

// Area is where the survey counts the category.
func (c Category) Area() Area {
	if a, ok := areaOf[c]; ok {
		return a
	}
	return AreaLocal
}
