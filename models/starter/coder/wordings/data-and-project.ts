import { type ProgramWordings, wordings } from "./wordings.ts";

/** How people ask for programs on data, and for the files a project begins with. */
export const dataAndProjectWordings: readonly ProgramWordings[] = [
  wordings(
    "binary-search",
    "binary search, binary search algorithm, search in a sorted list, binary search function",
    ["{finds|searches} {a number|something} in a sorted list", "does {a|} binary search"],
    ["search by halving write that", "a script which does binary search", "find an item quickly in a sorted list"],
  ),
  wordings(
    "bubble-sort",
    "bubble sort, bubble sort algorithm, sorting algorithm, number sorter, sorting program",
    ["sorts {numbers|a list|a list of numbers}", "does {a|} bubble sort", "puts numbers in order"],
    ["put my numbers in order with code", "a script which sorts numbers", "sort like bubbles rise"],
  ),
  wordings(
    "csv-reader",
    "csv reader, c s v reader, csv parser, csv file reader, csv printer",
    ["{reads|prints|parses|shows} {a|} {csv|c s v} {file|}", "{reads|shows} a table with commas"],
    ["show what is in my csv", "a script which reads csv files", "open a csv file and print the rows"],
  ),
  wordings(
    "json-printer",
    "json pretty printer, json printer, json formatter, json viewer, json pretty print",
    ["{prints|formats|shows} {a|} json {file|} {nicely|}", "pretty prints json"],
    ["make my json readable", "a script which formats json", "show json in a nice way"],
  ),
  wordings(
    "file-renamer",
    "file renamer, renamer, rename tool, batch renamer, renamer of files",
    ["renames {files|many files|the files in a folder}", "shows how files would be renamed"],
    ["i have badly named files write something", "a script which renames files", "rename many files at once"],
  ),
  wordings(
    "web-server",
    "web server, http server, file server, static server, small web server",
    ["serves {files|a folder|web pages|a page}", "answers {http|web} requests", "runs a web server"],
    ["i want to serve a folder", "a script which serves web pages", "put my files on a local server"],
  ),
  wordings(
    "unit-tests",
    "unit tests, unit test, test, test suite, tests, example test",
    ["shows {how unit tests work|a unit test}", "tests a small module"],
    ["how do unit tests look show me", "an example of unit testing", "show me how tests are written"],
  ),
  wordings(
    "read-me",
    "read me, readme, read me file, read me for the project, readme for the project",
    ["explains the project"],
    ["my project has no read me yet", "begin a read me for me", "the project needs a readme"],
  ),
  wordings(
    "git-ignore",
    "git ignore, gitignore, git ignore file, ignore file for git, gitignore file",
    ["keeps files out of git"],
    ["which files should git ignore write that", "begin a gitignore for me", "the project needs a git ignore"],
  ),
  wordings(
    "package-json",
    "package json, package file, package dot json, node package file, package json file",
    ["describes a node package"],
    ["my node project needs a package json", "begin a package json for me", "the project needs a package file"],
  ),
];
