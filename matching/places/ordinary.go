package places

// ordinaryWords are words that differ from a name by one letter, or that grammar would make of a name.
// They are never taken for a misspelt place.
func ordinaryWords() map[string]bool {
	return wordSet(`aache aachend aacher aachern aachten abende absenden abwenden ackern aderen aeffent aelteren after agenden
		ahmen alster alten altend alter altern altona amseln anbruch anderen angel anheim anrate anratt anrechte
		apachen archen armen arten aschen assel asselen assen bachen baches baenden barden baren barken barren barten
		bauchen bauches beeilen beeren beeten behausen beilen bellen berliner bernstein bersten betel bettel beulen
		biegen bienen bilden bingen bingst binsen bitten blauen blechten bloomberg bocke bocken bockent bocker bockes
		bockst bockt bockte boerde bolzen bombern bonzen boomern borkum borsten braechten brauch brechen breien breiig
		breme bremend bremer bremeren bremern bremsen bremten brumme buesten bummeln castro castros coveren cremen
		dachen daemmen daheim darmen deinen deren dicken dienen dingen dinner doesten dornten dorrten dosten drange
		dreher dreier dresde dresdend dresder dresdern dresdten dressen dritten duellen duenster duesten duetten
		dursten eberen echtem ecken eckern edelen edern ehrten eichel eichen eieren eiferen eigenen einfuhr einigen
		einsen elfter eltern enden enten erbitte ergangen erlitte erringen ersten escher eueren eulen fachem fachen
		fahlem faltern farmen federen feinen fescher feueren ficken fickern fingern fischern flauen fliegern fluren
		flyeren forsten frankfurter freche frechem frecher freches fruehlingen fummeln gaesten ganzen garbeen garben
		garden garten gaumen geangelt geheim geladern gelden gelder gellern geltern genscher gerne gersten gerte
		gerten geruhe geschert gesehe geseher gesten gewitter gilden gleich goldern gramme grimme gueten guldern
		gunsten haengen haerten haftern hageln halben halber halde haldeen halfter halftern hallen haller hallern
		halmen halten haltenn halter halteren halterin halters hamburger hammeln hammer hamster happen harfen harken
		harren harten harzen hasel haseln hasse hassen hasser hasses hastern hebten heeren heften hegten heine helden
		heldern helfen helfer henne herben herbringen herden heringen hermes herren herrinnen herrten hertz herzen
		herzten hessen hesser heulen hexten hidden hilde hildes hilfen hirten hodten hoerten holden holen holmen holte
		holze holzend holzenn holzent holzer holzern holzes holzten hopften hopsen hopste horchen horde horden horsten
		horten hosten huebten hueften huelsten huerdt huesteln hueten huetten hurten husten imkern jeweils kahlem
		kalium kalken kameln kammern kanten kapsel kargen karren karrst karten kasse kasseler kasseln kassen kasser
		kastell kecken kehlen keilen keinen kellen kelten kempte kemptend kempter kemptern kemptten kennen kennten
		kentern kerben kerker kerkern kerlen kernen kerzen kessel ketten keule keuleen kicken kickern kitten klauen
		kleinen kleinlichen klingen klingern kneten koernig kommen kommenn kommer kommerz konten konzern kordel korken
		kotzen kraken krempen krumme kuechen kuekten kuemmern kueren kuerte kuerzen kuerzten kuesten kummern kundern
		kunzen kurten kuverten lachen lahmen lange langem langen langer langes lauen lederen legen legten leiche
		leiden leihe leihte leinen leite leitte lenden lessen letzten lianen liebem lieben liegen ligen linien linken
		linnen linsen linzen listen luesten lungen machen magten malten mangel margen marien marken markten marsch
		marter martern martin masten matten mecklenburg meeting meetings mehle mehlen mehrten meiden meinen melden
		meldern meldten melkten mendel mendeln mengen mengende mensch meriten merkten merlin meteren meuten mienen
		milden minded mitten moenchen moerser monden monster mopsten morsch muenden muetzen munden mundern munter
		museum muster nachredt naechsten nahmen nassau nerviges nickel nicken nickern nippe nippel nippels nippen
		nipper nuetzen orakel orange paarst pappel parken peiner pfauen pickel picken pickern plagen planen plauzen
		polten pommern prange quadrat quadrate rachen rahmen randen range rasseln rather rechen rechtem rechten reden
		regelen regen reine reinem renten rhein rheins richterlich ricken riegen rieme riemte ringen ringst ritten
		roentgen roeten rudeln ruedesheim ruesten rummel rumpeln rundern sachen sachlich sachtem salden sarden
		schaerte schale schalk schalken schalks schalle schalte scheich scheiden schelm scherte schilden schlag
		schleifen schleimen schliche schlicht schlick schneiden schollen schuerte schur schwarte schwebte schwedte
		schwein schwele schwelt schwelte schwere schweren schwert schwerten schwerter schwoerte sechstem seele seelen
		segen seichtem seifent seinen sendern senge serten sickern sieben sieber siebte sieder siege siegel siegeln
		sieger siezer simsen singst sinken sinker sinnen sintern sitten smarten socket sommern sondern spange speer
		speier spende spenden spender speser sprenge stammeln stehle steile stelle stellen stemmern stiefel stiegen
		stiele strahlen stummeln stundern suedern suendern summern talkum tanten teeren teueren themen theresen
		theseen thesen ticken tickern tilden tilgte tuenchen tummeln ueberfuhr unterbrach venten verdecke verdingen
		verhalle verlangen verschlag versen verwegen vetter vielen vieren vierten wachem wachen waden waiting walden
		waltern wanden wareen waren warmen warnen warten warzen watten weichlingen weisten weiter weither weitten
		welker weller welpe welpen wenige weniger werbten werdten werften werken werkten werten werter wertten
		wesentlich wesper wessten westen wetten wetter wickel wicken widrig wiener wilden windig wirten witen wittern
		witwen witwten witzen worden written wuerfelen wuersten wuesten wundern xante xantend xanter xantern xantten
		zahmen zarten zicken zinsen zischeln zundern zuweiler zwecke zwecken zweckes zweiten zwickel`)
}
