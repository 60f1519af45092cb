import { type ProgramWordings, wordings } from "./wordings.ts";

/** How people ask for programs that count, and for those that work on words. */
export const numberAndWordWordings: readonly ProgramWordings[] = [
  wordings(
    "fizz-buzz",
    "fizz buzz, fizzbuzz, fizz buzz game",
    [
      "prints {fizz|fizz and buzz}",
      "plays fizz buzz",
      "replaces {multiples of three and five|numbers} with fizz and buzz",
    ],
    ["write the famous fizz buzz exercise", "let me see a fizz buzz", "a program which says fizz and buzz"],
  ),
  wordings(
    "fibonacci",
    "fibonacci, fibonacci numbers, fibonacci sequence, fibonacci series, fibonacci generator",
    ["prints {the|some} fibonacci {numbers|sequence}", "computes fibonacci {numbers|}", "counts like fibonacci"],
    [
      "show me the fibonacci numbers in code",
      "write the sequence of fibonacci",
      "a script which lists fibonacci numbers",
    ],
  ),
  wordings(
    "primes",
    "prime number, prime numbers, primes, prime checker, prime sieve, list of primes",
    [
      "{finds|prints|lists|computes} {the|all|some} {primes|prime numbers}",
      "checks {if|whether} a number is prime",
      "tests for primes",
    ],
    ["list the prime numbers with a script", "which numbers are prime write me that", "a program which finds primes"],
  ),
  wordings(
    "prime-factors",
    "prime factors, prime factorization, factorization, prime factor",
    [
      "{finds|prints|computes} {the|} prime factors",
      "{splits|factors} a number {into primes|into its prime factors|}",
      "factorizes a number",
    ],
    ["break a number into prime factors", "a script which factorizes numbers", "i need the prime factors of a number"],
  ),
  wordings(
    "factorial",
    "factorial, factorials, factorial function, factorial calculator",
    [
      "computes {the|a} factorial {of a number|}",
      "{calculates|prints} factorials",
      "multiplies all the numbers up to a number",
    ],
    [
      "what is the factorial write that",
      "a script which gives the factorial of a number",
      "work out factorials for me",
    ],
  ),
  wordings(
    "gcd",
    "greatest common divisor, g c d, gcd, euclidean algorithm, common divisor",
    ["{finds|computes} the {greatest|largest} common divisor {of two numbers|}", "computes the gcd"],
    [
      "a script which finds the greatest common divisor",
      "implement the algorithm of euclid for the gcd",
      "gcd of two numbers please write that",
    ],
  ),
  wordings(
    "average",
    "average, average calculator, mean, average of numbers, mean value",
    ["computes {the|an} {average|mean} {of numbers|of a list|}", "averages {some|} numbers", "finds the average"],
    ["i want the average of my numbers", "a script which works out the mean", "calculate an average with a program"],
  ),
  wordings(
    "leap-year",
    "leap year, leap year checker, leap year test, leap years",
    ["{checks|tells|says} {if|whether} a year is a leap year", "checks {for|} leap years", "knows leap years"],
    ["is it a leap year write me that", "a script which detects leap years", "find out about leap years with code"],
  ),
  wordings(
    "multiplication-table",
    "multiplication table, times table, times tables, multiplication tables",
    ["prints {a|the} {multiplication table|times tables|times table}", "shows how numbers multiply"],
    [
      "i am learning the times table write it",
      "a script which shows the multiplication table",
      "table of multiplication please",
    ],
  ),
  wordings(
    "hello-world",
    "hello world, hello world program, first program, greeting",
    ["{says|prints|shows} {hello|hello world}", "greets {the world|me|}"],
    [
      "something simple like hello world",
      "a script which says hello to the world",
      "the usual hello world to begin with",
    ],
  ),
  wordings(
    "word-count",
    "word count, word counter, line counter, line count, counter of words",
    ["counts {the|} {words|lines|words and lines} {in|of} {a|my|the} {file|text}", "counts words"],
    [
      "how many words are in my file write that",
      "a script which counts the words of a text",
      "count my words with a program",
    ],
  ),
  wordings(
    "reverse-string",
    "reverse string, string reverser, text reverser, reversed text, string reversal",
    ["{reverses|turns around} {a|the|my} {string|text|word}", "{writes|prints} {text|a word} backwards"],
    ["turn a string around for me", "a script which reverses text", "reverse the letters of a word"],
  ),
  wordings(
    "palindrome",
    "palindrome, palindrome checker, palindrome test, palindrome finder",
    [
      "checks {for palindromes|palindromes}",
      "{says|tests|checks} {if|whether} a {word|text} is a palindrome",
      "{finds|detects} palindromes",
    ],
    [
      "a script which knows palindromes",
      "does it read the same backwards write that test",
      "is my word a palindrome write a check",
    ],
  ),
  wordings(
    "anagram",
    "anagram, anagram checker, anagram test, anagrams",
    [
      "checks {for|} anagrams",
      "{says|tests|checks} {if|whether} two words are anagrams",
      "compares the letters of two words",
    ],
    [
      "a script which tells anagrams",
      "are two words anagrams write a check for it",
      "i like anagrams write something for them",
    ],
  ),
  wordings(
    "vowel-count",
    "vowel count, vowel counter, vowels, counter of vowels",
    ["counts {the|} vowels {in|of} {a|my} {text|word|sentence}", "counts vowels", "finds the vowels"],
    [
      "how many vowels are in a text write that",
      "a script which counts a and e and the other vowels",
      "count vowels with code",
    ],
  ),
  wordings(
    "caesar-cipher",
    "caesar cipher, caesar code, cipher, caesar encryption, secret code",
    [
      "{encrypts|encodes|shifts} {text|letters|a message} {with the caesar cipher|by some places|}",
      "uses the caesar cipher",
    ],
    [
      "encrypt like caesar did",
      "a script which shifts letters in the alphabet",
      "hide my message with a caesar cipher",
    ],
  ),
  wordings(
    "roman-numerals",
    "roman numeral, roman numerals, roman number converter, roman numbers, roman numeral converter",
    [
      "{converts|turns} {a number|numbers} {to|into} roman {numerals|numbers}",
      "{writes|prints} roman {numerals|numbers}",
    ],
    [
      "how did the romans write numbers write a converter",
      "a script which knows roman numerals",
      "numbers as roman numerals please",
    ],
  ),
  wordings(
    "binary-converter",
    "binary converter, binary number converter, decimal to binary converter, binary numbers, binary",
    ["{converts|turns} {a number|numbers|decimal} {to|into} binary", "{prints|writes} binary numbers"],
    ["show a number in binary with code", "a script which makes binary numbers", "from decimal to binary please"],
  ),
  wordings(
    "password-generator",
    "password generator, random password, password maker, password creator",
    ["{makes|generates|creates|invents} {a|random|safe|} {password|passwords}", "thinks up passwords"],
    ["i need a new password write something", "a script which invents a safe password", "generate passwords with code"],
  ),
];
