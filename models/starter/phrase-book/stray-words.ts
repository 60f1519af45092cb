const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/** Everyday words for sentences outside the phrase book; training text and benches only. */
export const strayWords: Readonly<Record<string, readonly string[]>> = {
  thing: words(`
    dog cat horse bird fish tree flower car train boat plane house door table chair bed lamp phone book paper pen letter shirt shoe hat
    coat ring bag box cup plate knife fork spoon bread butter milk soup pizza pasta rice salad apple cake beer wine tea egg meat potato
    tomato onion salt sugar moon sun star earth sky rain snow wind sea beach lake hill road street city town farm shop bank church museum
    park airport station hotel hospital school office factory army king queen president war peace law tax money gold silver iron stone
    wood glass fire smoke ice blood heart bone hand foot eye ear nose mouth tooth hair baby boy girl man woman child brother sister
    mother father uncle cousin wife husband neighbor doctor lawyer farmer soldier artist singer actor movie song dance game ball team
    football tennis chess painting poem novel newspaper magazine planet galaxy atom electron gravity energy oxygen carbon vaccine virus
    bacteria dinosaur whale shark eagle spider bee ant elephant monkey tiger wolf bear mouse rabbit volcano earthquake hurricane desert
    jungle island continent democracy religion philosophy economy inflation mortgage insurance passport visa vacation birthday wedding
    christmas university exam homework teacher student physics chemistry biology mathematics geometry algebra geography literature opera
    guitar piano violin drum camera robot rocket satellite battery engine wheel brake bicycle truck bus taxi bridge tunnel tower castle`),
  any: words(`
    able above across act afraid after air all alone always angry answer arm arrive art ask away back bad bake beat begin behind below
    best better between big bite black blue boil borrow bottom brave break bright bring broken brown burn busy buy carry catch cheap
    choose clean clever climb close cloud cold color come cook cool corner cost count cover cross cry cut dark dead deep different dig
    dinner dirty dream dress drink drive drop dry early east easy eat empty end enough ever every example face fall famous far fast fat
    feed feel fight fill find finger finish first fit floor fly fold follow food forest forget free fresh front full funny future gentle
    gift give glad go grass gray green ground grow guess half hang happen happy hard hate head healthy heavy help hide high hold holiday
    hope hot hour hurt idea inside jump keep kick kind kiss kitchen knock large last late laugh lazy lead learn leave left lend less
    lie life light line lion listen little live long look lose loud love low luck lunch market marry meal meet melt middle mine miss
    mix month morning mountain move narrow near neck never nice night noise north old open orange order other outside page paint pair
    pass pay people pick pink place plant play please point poor pour press pretty price pull purple push put quick quiet race reach
    read ready red rest rich ride right river roll roof room rope round rule run sad safe sail same sand save say scared second see seed
    sell send serious shake sharp shine short shout shut sick side sing sit size skin sleep slow small smell smile soft some soon sour
    south space speak special spend square stand steal step stick storm story strange strong sweet swim tail take talk tall taste tear
    thick thin think throw tidy tired top touch travel turn ugly under use view visit voice wait walk wall want warm wash watch water way
    weak wear week west wet white wide wild win winter wish wonder world worry wrong year yellow young quantum blockchain fusion poetry
    justice freedom evolution recipe garlic banana jaguar velvet hammer pillow whisper thunder marble candle pepper turtle wizard`),
  person: [
    "einstein",
    "newton",
    "shakespeare",
    "mozart",
    "beethoven",
    "picasso",
    "napoleon",
    "caesar",
    "cleopatra",
    "lincoln",
    "washington",
    "churchill",
    "gandhi",
    "darwin",
    "galileo",
    "columbus",
    "elvis",
    "madonna",
    "the pope",
    "santa claus",
    "harry potter",
    "sherlock holmes",
    "king arthur",
    "my mother",
    "my neighbor",
    "the president",
    "marie curie",
    "leonardo da vinci",
    "aristotle",
    "plato",
    "tesla",
    "edison",
    "bill gates",
    "the beatles",
  ],
  "topic-words": [
    "sky is blue",
    "prints the numbers from one to ten",
    "sorts a list of names",
    "counts the words in a file",
    "reads a file and shows it",
    "downloads a page",
    "sends a mail",
    "draws a circle",
    "saves the settings",
    "loads the users",
    "answer is wrong",
    "explain the error",
    "plan the next week",
    "plan the work",
    "should go first",
    "can make it faster",
    "we should use a database",
    "works so slowly",
    "tests are failing",
    "compares two files",
    "checks a password",
    "rolls a dice",
    "finds the largest number",
    "shows the time",
    "help me think",
    "writes a log file",
    "converts a date",
    "best way forward",
    "structure the code",
    "removes empty lines",
    "computes the average",
    "moon is round",
    "meaning of life",
    "design of the program",
    "plays a sound",
  ],
};
