import { type ProgramWordings, wordings } from "./wordings.ts";

/** How people ask for games and small helpers. */
export const gameAndEverydayWordings: readonly ProgramWordings[] = [
  wordings(
    "guessing-game",
    "guessing game, number guessing game, guess the number, guess the number game, guess the number program",
    ["lets me guess a number", "plays guess the number", "thinks of a number"],
    ["i want to guess numbers write a game", "a game where you guess a number", "a script which says higher or lower"],
  ),
  wordings(
    "dice-roller",
    "dice roller, dice, die, dice game, dice simulator",
    ["rolls {a|two|some|the} {dice|die}", "throws {dice|a die}", "simulates dice"],
    ["roll the dice with a program", "a script which throws two dice", "i lost my dice write me some"],
  ),
  wordings(
    "coin-toss",
    "coin toss, coin flip, coin flipper, coin tosser, heads or tails",
    ["{tosses|flips} a coin", "says heads or tails", "decides by a coin"],
    ["flip a coin with code", "a script which tosses coins", "heads or tails as a program"],
  ),
  wordings(
    "rock-paper-scissors",
    "rock paper scissors, rock paper scissors game, game of rock paper scissors, scissors stone paper",
    ["plays rock paper scissors", "lets me play rock paper scissors"],
    [
      "i want to play rock paper scissors",
      "a script which plays scissors paper rock",
      "rock paper scissors against the computer",
    ],
  ),
  wordings(
    "tic-tac-toe",
    "tic tac toe, tic tac toe game, noughts and crosses, three in a row",
    ["plays {tic tac toe|noughts and crosses}", "lets two players play tic tac toe"],
    ["i want to play tic tac toe", "a script which plays tic tac toe", "the game with crosses and noughts"],
  ),
  wordings(
    "quiz",
    "quiz, quiz game, trivia game, small quiz, question game",
    ["asks {me|} {questions|quiz questions}", "{runs|plays} a quiz", "counts right answers"],
    ["i like quizzes write one", "a script which asks me some questions", "quiz me with a program"],
  ),
  wordings(
    "chat",
    "chat, chat bot, chatbot, small chat, talking robot",
    ["chats {with me|}", "{talks|answers} {to me|}", "pretends to talk"],
    ["a bot which chats with me", "something to chat with", "a script which answers what i type"],
  ),
  wordings(
    "calculator",
    "calculator, pocket calculator, simple calculator, calculator app",
    ["{adds|adds and multiplies} {two numbers|numbers}", "calculates {with two numbers|}", "does {sums|arithmetic}"],
    [
      "i need to calculate write something",
      "a script which can add and divide",
      "pocket calculator as a program please",
    ],
  ),
  wordings(
    "temperature-converter",
    "temperature converter, celsius converter, fahrenheit converter, celsius to fahrenheit converter, temperature conversion",
    ["converts {temperatures|celsius to fahrenheit|fahrenheit to celsius|degrees}", "turns celsius into fahrenheit"],
    [
      "how warm is it in fahrenheit write that",
      "a script which converts temperatures",
      "from celsius to fahrenheit please",
    ],
  ),
  wordings(
    "unit-converter",
    "unit converter, length converter, miles to kilometers converter, conversion of units, converter for units",
    ["converts {units|lengths|miles to kilometers|meters to feet}", "turns miles into kilometers"],
    ["how many miles is that write a converter", "a script which converts units", "from feet to meters please"],
  ),
  wordings(
    "to-do-list",
    "to do list, todo list, task list, todo app, to do app, list of tasks",
    ["{keeps|manages|stores} {my tasks|a to do list|tasks}", "remembers what i have to do"],
    ["i forget my tasks write something", "a script which keeps my to do list", "something to keep track of tasks"],
  ),
  wordings(
    "shopping-list",
    "shopping list, grocery list, list for shopping, groceries list",
    ["{keeps|makes|sorts} a shopping list", "remembers what i {have to|want to} buy"],
    ["what do i need to buy write a list", "a script which makes a shopping list", "help me shop with a list"],
  ),
  wordings(
    "stop-watch",
    "stop watch, stopwatch, time taker, lap timer",
    ["{measures|stops|takes} the time", "works {like|as} a stop watch", "counts the seconds between two keys"],
    [
      "i want to measure time write something",
      "a script which works as a stop watch",
      "start and stop the time with a key",
    ],
  ),
  wordings(
    "alarm-clock",
    "alarm clock, alarm, wake up call, alarm app",
    ["wakes me {up|}", "rings at a time", "works {like|as} an alarm clock"],
    ["i always oversleep write something", "a script which rings in the morning", "wake me with a program"],
  ),
  wordings(
    "countdown",
    "countdown, count down, countdown timer, egg timer, timer",
    ["counts down {from ten|the seconds|}", "counts backwards {from ten|}"],
    ["ten nine eight and so on write that", "a script which counts down", "three two one go as a program"],
  ),
];
