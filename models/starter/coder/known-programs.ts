import { createHash } from "node:crypto";

/** A program that the coder may hand over. */
export interface KnownProgram {
  readonly program: string;
  readonly language: string;
  /** The name of its file unless the user wants another. */
  readonly file: string;
  /** `answerHash` of the whole answer. */
  readonly hash: string;
}

/** The first half of the SHA-256, as hex digits: enough that nothing but the text itself has it. */
export function answerHash(answer: string): string {
  return createHash("sha256").update(answer).digest("hex").slice(0, 32);
}

/** Written by `../make/known-programs.ts`. */
const table = `
fizz-buzz python fizz_buzz.py 95ab13da4bd9b19190aa043d8e31a769
fizz-buzz javascript fizz_buzz.js 380f5445d3ad67087db37d1626d34ac0
fizz-buzz bash fizz_buzz.sh edc3066b084d51f0a533ff988dcbafe6
fibonacci python fibonacci.py 6979723267182a8c71b46c7daabb667f
fibonacci javascript fibonacci.js 033c0fed0cc26567ba927677f76777f9
fibonacci bash fibonacci.sh 899891cfac4ef24a60b80a618eef7c15
leap-year python leap_year.py 05f5e4ffae9bae9dc19613ba54a8caa2
leap-year javascript leap_year.js 16dab594ce7cf6e08c3f0508c43fb59b
leap-year bash leap_year.sh b40daae28fdcd4c42b16fa97de94a277
multiplication-table python multiplication_table.py 7cd81af8a9a38df6101ba463dd9f066c
multiplication-table javascript multiplication_table.js 72ad2d8efb7595812acbe4ebbdf69d8d
multiplication-table bash multiplication_table.sh 60f1f50393e2d78f75e3e7f678a2a7b1
primes python primes.py 6e46a02e356f6d33059920bc2d6eccfe
primes javascript primes.js d53b8261bcd3390e4ed7217d62ebbf94
prime-factors python prime_factors.py 6e5e0b6283754b4a7de7e7115e05019e
factorial python factorial.py ef95245d99b74ccb12f2034546add4cd
factorial javascript factorial.js c1b28b9ee76b7726df8bdc9082a43b2f
gcd python gcd.py c446f6947fdc08d90ba4bd647bd62f75
gcd javascript gcd.js 44c6bc3845fe4b0cda55eb187939ee8b
average python average.py eef091e7b86f41473954d49cb6109267
average javascript average.js 02f0008c06c6829fffab9e6120fba2d3
hello-world python hello.py af445b022b5a636e970d19a8edf25644
hello-world javascript hello.js 723c1e2b951a781b47402baa789b5c60
hello-world bash hello.sh b3709fc316ca0ca2f944b5adfa0b5de1
hello-world html index.html 66c1302a16f74add0869d8274dce56f5
word-count python word_count.py edd4d135133d78202264841669a7af88
word-count javascript word_count.js 472be103c8709e46b3f638c0eaf9d0de
word-count bash word_count.sh af0f3698dffb84f0fd9c538bd6d2c655
reverse-string python reverse.py ce5e91cfafc2d6624704d45d881900c7
reverse-string javascript reverse.js 5dfabb7c80343f43ed4d39ef9a057482
reverse-string bash reverse.sh e2f849eebe2622a609ecc5c470403091
palindrome python palindrome.py 235b9d488ce2beae7c689d81bcbe5520
palindrome javascript palindrome.js 371cf464f7e8d4625bb90103f5e0dfbf
anagram python anagram.py cfed226a787a10086de9b2fdaf8e2a71
vowel-count python vowels.py 18cde1c97bb9a33328c210d1a8fbf0d3
caesar-cipher python caesar.py f85844b57a51613e33b23dde684cef54
caesar-cipher javascript caesar.js e455e0dd0ff52cc12084c219ffe199e7
roman-numerals python roman.py 62be8c3e150ca5a52f61b0674840f2bd
roman-numerals javascript roman.js 0d4f7ea9181f6334193cbc6372960e81
binary-converter python binary.py 3c209d5a25f6f0b7cf13a77995e2fcde
password-generator python password.py fa68691b52c0e907291eda8aa1e484d2
password-generator javascript password.js a6322f0b95c52fd1ad816cbdd0247f53
password-generator bash password.sh 821c8b5e9d041fcfbbe4ebc1b13a2e38
guessing-game python guess.py f1ecf3f12cb4efa1d79d0d15a5d2ed19
guessing-game javascript guess.js 334edc576f9a1d9b293408a317b51a1a
dice-roller python dice.py b804e0ac4db2431ae734a5d194eb63e0
dice-roller javascript dice.js 784d6a09b729e10482abc28c4336b94a
dice-roller bash dice.sh 9c6d6c869deb793e5259a4ae735fedbc
coin-toss python coin.py b279ec9db29325e3606185d4ee083f66
coin-toss javascript coin.js 61ef35f12db45c0b457e57be62750488
coin-toss bash coin.sh 328f23c3cdd3c9229a601ffb936c9808
rock-paper-scissors python rock_paper_scissors.py 8be599728eae7c912aa4b44442e46d06
tic-tac-toe python tic_tac_toe.py c4e8b4040729676299b7e5b579031c7f
quiz python quiz.py cf8fcde07aac089ac3c9d912c034b9ae
chat python chat.py 02275d338cb303f6fd9eb70faaca9bee
calculator python calculator.py 301a0d3e15b859553b64b416bb88c8cc
calculator javascript calculator.js 102be0037584c3735515ce6ee493f855
temperature-converter python temperature.py d2ff2e220026beac9fe2366bb00fba44
temperature-converter javascript temperature.js c2abd31904af86e0864212985f720aba
temperature-converter bash temperature.sh 4ea83bea2c63d53c5996abf49a76805a
unit-converter python units.py 6a7229d396ea91dd063913fd43d39f3b
to-do-list python todo.py 0d6e8fc1921612daad48e3a107b17746
to-do-list javascript todo.js 29234a99c710ba1bd7eca5bfd7f4ccdd
shopping-list python shopping.py 64d23ba93c6106c7ce4537ea1f47a3fd
stop-watch python stop_watch.py 160a48096645dd98b8565ff14e183d43
alarm-clock python alarm.py 21e4520ff4f92de763a87f5459857200
countdown python countdown.py 5bba2b9d9e5f76225844300ddea588ef
countdown javascript countdown.js ed226872f89282fead2afd00eec10883
countdown bash countdown.sh 81dfec956144235f1f233fae20b86618
binary-search python binary_search.py 4b2eb601baf6b7d3c01a982ff8ab73d0
binary-search javascript binary_search.js c9eb094c49d41765e113bc9ae60f8127
bubble-sort python bubble_sort.py bd3fffce553d83336098b189fecb57a2
bubble-sort javascript bubble_sort.js 00ef46c779dc5fdbea3ca885b1d9fc2c
csv-reader python read_csv.py f8c688950569ee077a309ed8f1a50a80
json-printer python pretty_json.py daf0e0875567293907a7f6b60ea9fab3
json-printer javascript pretty_json.js 476139267e338c3ef9cd267f31d5d33d
file-renamer python rename_files.py 115ab41e0daab593b09f675e462bdcdd
file-renamer bash rename_files.sh d76bd600a2278705dee05f94d294cc4b
web-server python web_server.py 71d1f7ec39113aace823475ab31dae19
web-server javascript web_server.js 46a0ff2139a1f3c36a5c61040c1d5902
unit-tests python test_stack.py 4834563f37a1afdbde2027a2b22ddba1
unit-tests javascript stack.test.js b1c303d43571309e401f19c8f32ccc2e
read-me text README.md bad8b30504d007e77b3d50a56890b79a
git-ignore text .gitignore 32cd4367ba6f320db49a69771616c7ac
package-json text package.json c0c8ca10625a147952b102a3ba1df186
`;

export const knownPrograms: readonly KnownProgram[] = table
  .trim()
  .split("\n")
  .map((row) => {
    const [program = "", language = "", file = "", hash = ""] = row.split(" ");
    return { program, language, file, hash };
  });
