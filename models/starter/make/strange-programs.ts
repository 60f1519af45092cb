/** Programs that people ask for and the starter coder does not know. */
export const strangePrograms: readonly string[] = [
  "snake game, chess game, chess, tetris, pong, sudoku, sudoku solver, hangman, minesweeper, memory game, crossword, card game, poker",
  "web browser, mail client, search engine, weather app, web site, web page, blog, photo gallery, login page, online shop, landing page",
  "date converter, currency converter, video converter, image converter, pdf converter, file converter, time zone converter",
  "merge sort, quick sort, heap sort, linear search, hash table, linked list, binary tree, graph, matrix, queue, parser, compiler",
  "pdf reader, excel reader, xml parser, log reader, mail reader, news reader, image reader, book reader, yaml parser, html parser",
  "image resizer, music player, video player, sound recorder, drawing program, text editor, spell checker, operating system, database",
  "bank account, address book, phone book, diary, note taker, translator, web scraper, downloader, crawler, backup script, file finder",
  "neural network, face detector, speech recognizer, poem generator, story generator, name generator, maze generator, lottery generator",
  "mortgage calculator, tax calculator, tip calculator, age calculator, body mass calculator, loan calculator, matrix calculator",
  "calendar, clock, world clock, pomodoro timer, habit tracker, budget planner, recipe book, meal planner, wish list, reading list",
  "docker file, make file, database schema, config parser, login form, rest api, graph ql server, chat server, mail server, proxy server",
  "word cloud, word search, duplicate finder, disk cleaner, file sorter, file splitter, zip tool, password manager, password checker",
]
  .join(", ")
  .split(", ");

export const strangeDeeds: readonly string[] = [
  "downloads {pages|files|a video}",
  "sends {a mail|mails|messages}",
  "draws {a circle|pictures|a graph}",
  "plays {music|chess|a sound|poker}",
  "reads {my mail|a pdf|the news|the log}",
  "checks {the weather|my mail|the spelling|a password}",
  "compares two {files|folders|lists}",
  "translates {text|words|a page}",
  "converts {a date|money|images|videos}",
  "finds {duplicates|the largest file|the shortest path|my keys}",
  "removes {empty lines|duplicates|old files}",
  "writes {a log|poems|a book|a report}",
  "backs up {my files|the database}",
  "recognizes {faces|speech|my voice}",
  "solves {sudokus|equations|a maze|everything}",
];
