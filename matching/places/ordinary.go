package places

// ordinaryWords are words that differ from a name by one letter, or that grammar would make of a name.
// They are never taken for a misspelt place.
func ordinaryWords() map[string]bool {
	return wordSet(`aache aachend aacher aachern aachten abende absenden abwenden ackern aderen aeffent after agenden ahmen alster
		alten altend alter altern altona amseln anbruch angel anheim anrate anratt anrechte apachen archen armen arten
		aschen assel asselen assen baches baenden barden baren barken barren bauches beeilen beeren beeten behausen
		beilen bellen berliner bernstein bersten betel bettel beulen bienen bilden bingen bingst binsen bitten blauen
		blechten bloomberg bocke bocken bockent bocker bockes bockst bockt bockte boerde bolzen bombern bonzen boomern
		borkum borsten braechten brauch brechen breien breiig breme bremend bremer bremeren bremern bremsen bremten
		brumme buesten bummeln castro castros coveren cremen daemmen daheim deren dicken dienen dingen dinner doesten
		dornten dorrten dosten drange dreher dreier dresde dresdend dresder dresdern dresdten duellen duenster duesten
		duetten dursten eberen echtem ecken eckern edelen edern ehrten eichel eichen einfuhr einsen elfter enden enten
		erbitte ergangen erlitte erringen ersten escher eueren eulen fachem fachen fahlem faltern farmen federen
		fescher feueren ficken fickern fingern flauen fliegern fluren flyeren forsten frankfurter freche frechem
		frecher freches fruehlingen fummeln gaesten garbeen garben garden garten gaumen geangelt geheim geladern
		gelder gellern geltern genscher gerne gersten gerte gerten geruhe geschert gesehe geseher gesten gewitter
		gilden gleich goldern guldern gunsten haengen haerten haftern hageln halben halber halde haldeen halfter
		halftern hallen haller hallern halmen halten haltenn halter halteren halterin halters hamburger hammeln hammer
		hamster happen harfen harken harren harten harzen hasel hasse hassen hasser hasses hastern hebten heeren
		heften hegten heine helden heldern helfen helfer henne herben herbringen herden heringen hermes herren
		herrinnen herrten herzen herzten hessen hesser heulen hexten hidden hilde hildes hilfen hirten hodten hoerten
		holden holen holmen holte holze holzend holzenn holzent holzer holzern holzes holzten hopften hopsen hopste
		horchen horde horden horsten horten hosten huebten hueften huelsten huerdt huesteln hueten huetten hurten
		husten imkern kahlem kalium kammern kanten kapsel kargen karren karrst karten kasse kassen kasser kastell
		kecken kehlen keilen kellen kelten kempte kemptend kempter kemptern kemptten kennen kennten kentern kerben
		kerker kerkern kerlen kernen kerzen kessel ketten keule keuleen kicken kickern kitten klauen kleinlichen
		klingen klingern kneten koernig kommen kommenn kommer kommerz konten konzern kordel korken kotzen kraken
		krempen krumme kuechen kuekten kuemmern kueren kuerte kuerzen kuerzten kuesten kundern kurten lachen lahmen
		lange langem langen langer langes lauen lederen legen legten leiche leiden leihe leihte leinen leite leitte
		lenden lessen lianen liebem lieben liegen ligen linien linken linnen linsen listen luesten lungen machen
		magten malten mangel margen marken markten marsch marter martern martin masten matten mecklenburg mehle mehlen
		mehrten meiden melden meldern meldten melkten mendel mengen mengende mensch meriten merkten merlin meteren
		meuten mienen milden minded mitten moenchen monden monster mopsten morsch muenden muetzen munden mundern
		munter museum muster nachredt nahmen nassau nerviges nickel nicken nickern nippe nippel nippels nippen nipper
		nuetzen orakel orange paarst pappel parken pfauen pickel picken pickern plagen planen plauzen polten pommern
		prange rachen rahmen rasseln rather rechen rechtem rechten reden regelen reine renten rhein rheins richterlich
		ricken rieme riemte ringen ringst ritten roentgen rudeln ruedesheim ruesten rumpeln rundern sachen sachlich
		sachtem salden sarden schaerte schale schalk schalken schalks schalle schalte scheich scheiden schelm scherte
		schilden schlag schleifen schliche schlicht schlick schneiden schollen schuerte schur schwarte schwebte
		schwedte schwein schwele schwelt schwelte schwoerte sechstem seele seelen seichtem seifent sendern senge
		serten sickern sieber sieder sieger siezer simsen singst sinken sinker sinnen sintern sitten smarten socket
		sommern sondern spange speer speier spende spenden spender speser sprenge stammeln stehle steile stelle
		stellen stemmern stiefel stiele strahlen stummeln stundern suedern suendern summern talkum tanten teeren
		teueren theseen thesen ticken tickern tilden tilgte tuenchen tummeln ueberfuhr unterbrach venten verdecke
		verdingen verhalle verlangen verschlag versen verwegen vetter vielen vierten wachem wachen waden waiting
		waltern wareen waren warmen warnen warten warzen watten weichlingen weisten weiter weither weitten welker
		weller welpe welpen werbten werdten werften werken werkten werten werter wertten wesentlich wesper wessten
		westen wetten wetter wickel wicken widrig wiener wilden windig wirten witen wittern witwen witwten witzen
		worden written wuerfelen wuersten wuesten wundern xante xantend xanter xantern xantten zahmen zarten zicken
		zinsen zischeln zundern zuweiler zwecke zwecken zweckes zwickel`)
}
