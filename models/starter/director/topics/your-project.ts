import type { Topic } from "../topic.ts";

/** What people ask a director about their own work. The starter has not seen it, says so, and gives what holds in general. */
export const yourProjectTopics: readonly Topic[] = [
  {
    name: "question",
    subjects: ["a question", "something", "anything", "my question"],
    wordings: [
      "director",
      "{hello|hi|hey} {director|}",
      "i have a question {for the director|}",
      "{ask|get|call} the director {a question|}",
      "{let me|i want to|can i} {talk to|speak to|ask} the director",
      "{give that|pass this|hand it} to the director",
      "what can {you|the director} {do|answer}",
      "what {can|may|should} i ask {you|the director}",
      "can i ask {you|the director} {something|a question}",
    ],
    heldOut: ["i need the director", "let the director answer that"],
    answer:
      "The director is listening. I am the starter, so ask me how Sotto works: about memory, swapping, pinned models, privacy or approval, for example. What I do not know, I say.",
  },
  {
    name: "plan",
    subjects: ["the plan", "a plan", "my plan", "planning"],
    wordings: [
      "what is {the|your} plan",
      "{make|give me|write|draw up} a plan",
      "how should {i|we} plan {this|the work|the project}",
      "what do you think of {the|my} plan",
    ],
    heldOut: ["ask the director for a plan", "is it a good plan"],
    answer:
      "A good plan names one small next step, and how you will know that it is done. More than that I can not say, since I am only the starter director and have not seen your plan.",
  },
  {
    name: "project",
    subjects: ["the project", "this project", "my project", "our project"],
    wordings: [
      "how is {the|this|my|our} project {going|doing}",
      "what do you {think|know} of {the|this|my} project",
      "can you {look at|read|see} {the|this|my} project",
      "what is this project about",
    ],
    heldOut: ["give me your view of this project", "have you read the project"],
    answer:
      "I have not read your project, because the starter director can not read files. A larger director can look at it with you. What the coder did in it, I can sum up.",
  },
  {
    name: "design",
    subjects: ["the design", "the architecture", "my design", "our architecture", "the structure of the program"],
    wordings: [
      "what do you think of {the|my|our} {design|architecture}",
      "is {the|my|our} {design|architecture} {good|right|sound}",
      "how should {i|we} {design|structure} {it|this|the program|the code}",
      "review {the|my|our} {design|architecture}",
    ],
    heldOut: ["how would you design this program", "is this a good architecture"],
    answer:
      "In a good design each part has one job, and what changes together stays together. I do not know yours, as I am only the starter director. About the design of Sotto itself you can ask me.",
  },
  {
    name: "code",
    subjects: ["the code", "my code", "our code", "this code", "the source code"],
    wordings: [
      "what do you think of {the|my|our|this} code",
      "is {the|my|our|this} code {good|clean|right}",
      "review {the|my|our|this} code",
      "can you read {the|my|this} code",
    ],
    heldOut: ["how good is my code", "have a look at our code"],
    answer:
      "Good code says what it does, and does one thing at a time. I can not read yours, being only the starter director. A larger director or coder can, once it is installed.",
  },
  {
    name: "tests",
    subjects: ["the tests", "my tests", "our tests", "testing", "the failing tests"],
    wordings: [
      "{why do|why are} {the|my|our} tests {fail|failing}",
      "how should {i|we} test {this|it|the code}",
      "do {i|we} {need|have} {enough |more |}tests",
      "what do you think of {the|my|our} tests",
    ],
    heldOut: ["are our tests any good", "what makes a good test"],
    answer:
      "A good test reads like a sentence and fails when the code is wrong. Break the code once to see that it does. I am only the starter director and have not seen your tests.",
  },
  {
    name: "next-step",
    subjects: ["the next step", "what to do next", "next steps", "the next task"],
    wordings: [
      "what {should|do|can} {i|we} do {next|now}",
      "what is {the|my|our} next {step|task}",
      "what comes next",
      "where do {i|we} go from here",
    ],
    heldOut: ["which step should come next", "tell me what to do next"],
    answer:
      "The next step is best a small one that you can finish and check today. Which one that is, the starter director can not tell, as it does not know your work.",
  },
  {
    name: "approach",
    subjects: ["the best approach", "an approach", "the approach", "the best way", "the right way"],
    wordings: [
      "what is the best {approach|way|solution|way forward}",
      "how {should|would|do} {i|we|you} {approach|solve|do|start} {this|it|that}",
      "which {approach|way} is {best|better|right}",
      "is this the right {approach|way}",
    ],
    heldOut: ["how would you go about this", "which way is the best one"],
    answer:
      "Start with the simplest thing that could work, measure it, and improve what the figures point at. That holds in general. For your own case you need a larger director than this starter.",
  },
  {
    name: "performance",
    subjects: ["performance", "the performance", "making it faster", "speeding it up", "optimization"],
    wordings: [
      "how {can|do} {i|we} make {it|this|the code|the program} faster",
      "why is {it|this|the code|the program|my program} {so |}slow",
      "how {do|can} i improve {the |}performance",
      "is the performance good",
    ],
    heldOut: ["what can be done about performance", "my program is too slow"],
    answer:
      "For performance, measure first, since the slow part is seldom where one expects it. Then do less work, do it once, or do it later. I have no figures of your program, being only the starter director.",
  },
  {
    name: "security",
    subjects: ["security", "the security", "safety", "hackers", "attacks"],
    wordings: [
      "is {it|this|sotto|the code|the program} {safe|secure}",
      "how {safe|secure} is {it|this|sotto}",
      "how {do|can} {i|we} make {it|this} {safer|more secure}",
      "what about security",
    ],
    heldOut: ["how do we keep this secure", "is there a security problem"],
    answer:
      "Security begins with trusting little: check what comes in, give each part only what it needs, and keep secrets out of the code. Sotto listens on this machine only, asks for a token, and lets no model change your files without you. Your own code I have not seen.",
  },
  {
    name: "database",
    subjects: ["the database", "a database", "databases", "my database"],
    wordings: [
      "which database {should i|should we|do you} use",
      "do {i|we} need a database",
      "should {i|we} use a database",
      "how {should|do} {i|we} store {it|the data|data}",
    ],
    heldOut: ["what is a good database", "where should i put the data"],
    answer:
      "For one machine, a single file of SQLite is nearly always enough, and Sotto keeps its own jobs in one. About your database I know nothing, being only the starter director.",
  },
  {
    name: "user-interface",
    subjects: ["the user interface", "the interface", "the u i", "the screen", "usability"],
    wordings: [
      "how should the {user interface|interface|screen} look",
      "what do you think of the {user interface|interface}",
      "is the {user interface|interface} {good|easy}",
      "how {can|do} {i|we} improve the {user interface|interface}",
    ],
    heldOut: ["what makes a good user interface", "how do i design the user interface"],
    answer:
      "A good user interface shows at each moment what is going on and what one can do next. Watch somebody use yours without help, and you will see what it lacks. I can not see it, as I am only the starter director.",
  },
  {
    name: "release",
    subjects: ["the release", "a release", "the next release", "releasing", "the deployment"],
    wordings: [
      "{when|how} {do|should|can} {i|we} release {it|this|}",
      "is it ready {for release|to release|}",
      "what {is missing|is left|do we need} for the release",
      "when is the release",
    ],
    heldOut: ["are we ready to release", "how do i prepare the release"],
    answer:
      "Release when the tests pass, the read me is true, and going back is easy. Small releases are safer than large ones. Whether yours is ready, the starter director can not know.",
  },
  {
    name: "bug",
    subjects: ["the bug", "a bug", "bugs", "debugging", "this error", "the error"],
    wordings: [
      "how {do|can} {i|we} {find|fix} {the|a|this} {bug|error}",
      "why is there {a bug|an error}",
      "what {causes|is} {the|this} {bug|error}",
      "can you {find|fix|explain} {the|this} {bug|error}",
    ],
    heldOut: ["where does this bug come from", "help me find a bug"],
    answer:
      "To find a bug, first make it happen every time. Then halve the code in which it can be, again and again, until one line is left. Finding yours takes a larger director, for I am only the starter.",
  },
  {
    name: "schedule",
    subjects: ["the schedule", "the deadline", "deadlines", "the time line", "estimates"],
    wordings: [
      "when {will|are} {it|we|this} be {done|ready|finished}",
      "how long will {it|this|the project} take",
      "are we {on schedule|late|on time}",
      "can we {make|meet} the deadline",
    ],
    heldOut: ["will we be done in time", "how do i make a schedule"],
    answer:
      "Schedules get better when the pieces are small and each one has an end that can be checked. Yours is unknown to me, because I am only the starter director.",
  },
  {
    name: "opinion",
    subjects: [
      "his opinion",
      "your opinion",
      "a second opinion",
      "her opinion",
      "an opinion",
      "the opinion of the director",
    ],
    wordings: [
      "what {is your opinion|do you think|would you say}",
      "do you {agree|have an opinion}",
      "am i right",
      "give me {your|an honest|a second} opinion",
    ],
    heldOut: ["i would like to hear your opinion", "what would you do"],
    answer:
      "An opinion worth having needs more than the starter director knows. My only firm one is that measuring beats guessing. With a larger director you get a real second opinion.",
  },
  {
    name: "help",
    subjects: ["help", "advice", "some advice", "some help", "a hint"],
    wordings: [
      "help {me|}",
      "{can|could} you help me",
      "i need {help|advice|some help}",
      "give me {advice|some advice|a hint|help}",
      "what do you advise",
    ],
    heldOut: ["would you please help me", "i could use some advice"],
    answer:
      "Help is there for everything about Sotto itself: ask me how it works, what a word means, or what to do when something is wrong. Advice about your own work is beyond the starter director.",
  },
];
