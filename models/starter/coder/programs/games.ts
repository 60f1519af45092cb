import { type Program, text } from "./program.ts";

/** Small games, and chance. */
export const gamePrograms: readonly Program[] = [
  {
    name: "guessing-game",
    done: "It thinks of a number from one to a hundred, and you guess.",
    texts: [
      text(
        "python",
        "guess.py",
        `
import random

secret = random.randint(1, 100)
guess = None
tries = 0
print("I think of a number from 1 to 100.")
while guess != secret:
    guess = int(input("Your guess: "))
    tries += 1
    if guess < secret:
        print("Higher!")
    elif guess > secret:
        print("Lower!")
print("Right, after", tries, "tries.")
`,
      ),
      text(
        "javascript",
        "guess.js",
        `
const { createInterface } = process.getBuiltinModule("node:readline");

const secret = 1 + Math.floor(Math.random() * 100);
const lines = createInterface({ input: process.stdin });
let tries = 0;
console.log("I think of a number from 1 to 100. Your guess?");
lines.on("line", (line) => {
  const guess = Number(line);
  tries += 1;
  if (guess < secret) console.log("Higher!");
  else if (guess > secret) console.log("Lower!");
  else {
    console.log("Right, after", tries, "tries.");
    process.exit();
  }
});
`,
      ),
    ],
  },
  {
    name: "dice-roller",
    done: "It rolls two dice, or as many as you like.",
    texts: [
      text(
        "python",
        "dice.py",
        `
import random
import sys

count = int(sys.argv[1]) if len(sys.argv) > 1 else 2
rolls = [random.randint(1, 6) for _ in range(count)]
print(*rolls, "sum:", sum(rolls))
`,
      ),
      text(
        "javascript",
        "dice.js",
        `
const count = Number(process.argv[2] ?? 2);
const rolls = Array.from({ length: count }, () => 1 + Math.floor(Math.random() * 6));
const sum = rolls.reduce((total, roll) => total + roll, 0);
console.log(rolls.join(" "), "sum:", sum);
`,
      ),
      text(
        "bash",
        "dice.sh",
        `
#!/usr/bin/env bash
first=$(( RANDOM % 6 + 1 ))
second=$(( RANDOM % 6 + 1 ))
echo "$first $second sum: $(( first + second ))"
`,
      ),
    ],
  },
  {
    name: "coin-toss",
    done: "It tosses a coin.",
    texts: [
      text("python", "coin.py", 'import random\n\nprint(random.choice(["Heads", "Tails"]))\n'),
      text("javascript", "coin.js", 'console.log(Math.random() < 0.5 ? "Heads" : "Tails");\n'),
      text(
        "bash",
        "coin.sh",
        `
#!/usr/bin/env bash
if (( RANDOM % 2 )); then echo "Heads"; else echo "Tails"; fi
`,
      ),
    ],
  },
  {
    name: "rock-paper-scissors",
    done: "It plays rock, paper, scissors against you.",
    texts: [
      text(
        "python",
        "rock_paper_scissors.py",
        `
import random

BEATS = {"rock": "scissors", "paper": "rock", "scissors": "paper"}

mine = random.choice(list(BEATS))
yours = input("rock, paper or scissors? ").strip().lower()
if yours not in BEATS:
    print("That is not in the game.")
elif yours == mine:
    print("We both took", mine + ". A draw!")
elif BEATS[yours] == mine:
    print("I took", mine + ". You win!")
else:
    print("I took", mine + ". I win!")
`,
      ),
    ],
  },
  {
    name: "tic-tac-toe",
    done: "It is tic tac toe for two players at one keyboard.",
    texts: [
      text(
        "python",
        "tic_tac_toe.py",
        `
LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]

board = list("123456789")
player = "X"
winner = None
for _ in range(9):
    for row in (0, 3, 6):
        print(" ".join(board[row : row + 3]))
    place = ""
    while place not in board or not place.isdigit():
        place = input(f"{player}, your place: ").strip()
    board[int(place) - 1] = player
    if any(all(board[spot] == player for spot in line) for line in LINES):
        winner = player
        break
    player = "O" if player == "X" else "X"
print(f"{winner} wins!" if winner else "A draw!")
`,
      ),
    ],
  },
  {
    name: "quiz",
    done: "It asks three questions and counts the right answers.",
    texts: [
      text(
        "python",
        "quiz.py",
        `
QUESTIONS = [
    ("What is the capital of France?", "paris"),
    ("How many legs has a spider?", "8"),
    ("What is 7 times 6?", "42"),
]

score = 0
for question, answer in QUESTIONS:
    if input(question + " ").strip().lower() == answer:
        print("Right!")
        score += 1
    else:
        print("No, it is", answer + ".")
print("You have", score, "of", len(QUESTIONS), "points.")
`,
      ),
    ],
  },
  {
    name: "chat",
    done: "It is a chat with a little robot that goes by rules, until you say bye.",
    texts: [
      text(
        "python",
        "chat.py",
        `
REPLIES = {
    "hello": "Hello to you!",
    "how are you": "I am fine, thank you.",
    "your name": "I am a very small robot.",
    "bye": "Goodbye!",
}

said = ""
while "bye" not in said:
    said = input("you: ").lower()
    known = [reply for key, reply in REPLIES.items() if key in said]
    print("robot:", known[0] if known else "Tell me more.")
`,
      ),
    ],
  },
];
