import type { Topic } from "../topic.ts";

/** Installing, running and connecting. */
export const runningTopics: readonly Topic[] = [
  {
    name: "privacy",
    subjects: ["privacy", "my privacy", "my data", "data protection"],
    wordings: [
      "is this private",
      "{is|are} {my data|my words|our talk} {private|safe|safe with you}",
      "where {does my voice go|do my words go|is my data}",
      "who {can hear|hears} me",
      "do you {send|share|sell|store|keep} {my data|my voice|what i say|anything}",
      "does anything leave {this|my} {computer|machine}",
    ],
    heldOut: ["what happens to the things i tell you", "can anybody else listen to us"],
    answer:
      "What you say stays on this machine. Models run here, sound is not sent anywhere, and Sotto listens for connections from this computer only, unless you set it up otherwise. Whoever connects needs a token.",
  },
  {
    name: "offline",
    subjects: ["working offline", "offline", "the internet", "the cloud", "the network"],
    wordings: [
      "do you need {the internet|internet|a network|the cloud}",
      "{can you|does it|does sotto} work {offline|without internet|without the internet|without a network}",
      "are you {online|offline|in the cloud}",
      "when do you use the internet",
    ],
    heldOut: ["what if the internet is down", "can i use sotto on an airplane"],
    answer:
      "After the install Sotto needs no internet at all. The starter comes with the package and works offline. Only when you ask for a larger model is something downloaded.",
  },
  {
    name: "ollama",
    subjects: ["ollama", "model servers", "l m studio", "lm studio"],
    wordings: [
      "what is ollama",
      "do {i|you} need ollama",
      "{can you|does sotto|does it} {use|work with} {ollama|lm studio|another server}",
      "how do you {use|work with|keep ollama from evicting the voice in} ollama",
      "why ollama",
    ],
    heldOut: ["how does sotto get along with ollama", "is ollama required"],
    answer:
      "Ollama is a program that runs language models. Sotto can use it for the director and the coder, and it works without it too. Before each load Sotto works out whether Ollama would throw another model out, and does not let it come to that.",
  },
  {
    name: "plan-command",
    subjects: ["sotto plan", "the plan command", "which models fit", "planning memory"],
    wordings: [
      "what does {sotto plan|the plan command} {do|say|show}",
      "{which|what} models {fit|fit here|fit this computer|can this computer run}",
      "how do i {see|find out|know} {which models fit|what fits}",
      "what can {my|this} {computer|machine} run",
    ],
    heldOut: ["how do i learn what fits into my memory", "which models would run on this machine"],
    answer:
      "Run sotto plan in a terminal. It looks at the memory you have, shows which models fit beside the voice, and explains what had to be made smaller. You can also ask it about a machine that you do not have yet.",
  },
  {
    name: "models-pull",
    subjects: ["sotto models pull", "models pull", "downloading models", "downloads", "a download"],
    wordings: [
      "how do i {download|pull|fetch} {a model|models|the models}",
      "what does {sotto models pull|models pull} do",
      "{can you|do you} download {models|something}",
      "how {big|large} is the download",
      "where do {the |}models come from",
    ],
    heldOut: ["which command downloads the models", "how do models get onto my computer"],
    answer:
      "Sotto models pull downloads the models that were planned for this computer, once, and shows how far it is. What was interrupted goes on where it stopped. Sotto models list shows what is there.",
  },
  {
    name: "gpu",
    subjects: ["the gpu", "gpus", "the graphics card", "a graphics card", "v ram", "the g p u"],
    wordings: [
      "do {i|you} need a {gpu|graphics card}",
      "{can you|do you|does sotto} use {the|my|a} {gpu|graphics card}",
      "what is the {gpu|graphics card} {for|good for}",
      "how much {v ram|graphics memory} do i need",
      "is it faster with a {gpu|graphics card}",
    ],
    heldOut: ["does a graphics card help", "what would a gpu change"],
    answer:
      "A graphics card is not required, but large models run many times faster on one. Its memory is a pool of its own, with its own ledger and reserve. Sotto uses it where there is one and the model fits.",
  },
  {
    name: "cpu",
    subjects: ["the processor", "cpu only", "the cpu", "running without a graphics card", "the c p u"],
    wordings: [
      "{can you|does it|does sotto} {run|work} {on the processor|on a cpu|without a gpu|without a graphics card}",
      "how {slow|fast} is it without a {gpu|graphics card}",
      "is a processor enough",
      "what if i have no {gpu|graphics card}",
    ],
    heldOut: ["will it run on an old laptop", "i have only a processor is that enough"],
    answer:
      "Everything also runs on the processor alone. Small models answer quickly there, and large ones take their time. So that they do not get in each other's way, heavy models are paused while the voice is speaking with you.",
  },
  {
    name: "hardware",
    subjects: ["hardware", "the hardware", "the computer i need", "system requirements", "requirements"],
    wordings: [
      "what {computer|hardware|machine} do i need",
      "{what are|tell me} the {system |}requirements",
      "does it run on {my computer|linux|windows|a mac|a laptop}",
      "how much memory should {my computer|a computer} have",
    ],
    heldOut: ["is my computer good enough", "what does sotto need to run"],
    answer:
      "Sotto needs Node twenty or later and a computer from recent years. The starter is content with little memory, and with more of it you can run larger models. It was tried on Linux.",
  },
  {
    name: "tokens",
    subjects: ["tokens", "a token", "tokens per second", "words and tokens"],
    wordings: [
      "what {is a token|are tokens}",
      "how many tokens {do you know|are there|fit|per second}",
      "how {long|big} is a token",
      "why do models {use|count in} tokens",
    ],
    heldOut: ["what do you mean by a token", "how do words become tokens"],
    answer:
      "Tokens are the pieces in which a language model reads and writes: short words, or parts of longer ones. Speed is counted in tokens per second, and the length of a context in tokens. In English, four letters make about one token.",
  },
  {
    name: "access-token",
    subjects: ["the access token", "access", "who may talk to you", "the password"],
    wordings: [
      "who {can|may} {talk to|connect to|use} {you|sotto}",
      "what is the access token",
      "why is there a token in the link",
      "can {others|somebody else|anybody} {talk to you|connect|use sotto} {over the network|}",
      "is there a password",
    ],
    heldOut: ["how do you keep strangers out", "where is the access token kept"],
    answer:
      "Only who knows the access token may connect. It is made at the first start and kept in a file that only you can read, and the link that you open carries it. Sotto listens on this computer alone, and for other computers the token is required.",
  },
  {
    name: "realtime",
    subjects: ["the protocol", "the realtime protocol", "the api", "web sockets", "the wire"],
    wordings: [
      "which protocol do you {use|speak}",
      "how {can|do} {my|other} programs {talk to|use|connect to} {you|sotto}",
      "is there an api",
      "does it work with {openai|open ai} clients",
      "what goes over the wire",
    ],
    heldOut: ["how does another program connect to sotto", "what is spoken on the web socket"],
    answer:
      "Sotto speaks the OpenAI Realtime protocol over one WebSocket, in sound and text. Programs written for it work unchanged: they only need the address and the token. What Sotto has beyond that goes only to clients that ask for it.",
  },
  {
    name: "clients",
    subjects: ["the clients", "the browser page", "the terminal", "the web page"],
    wordings: [
      "how {can|do} i {talk to|reach|open} {you|sotto}",
      "{can i|how do i} use {it|sotto} in {the browser|a browser|the terminal|a terminal}",
      "where is the {page|web page}",
      "what does sotto talk do",
    ],
    heldOut: ["which ways are there to talk to sotto", "where do i go to talk with you"],
    answer:
      "Open the link that Sotto prints when it starts, and talk to the page. Or run sotto talk in a terminal. Programs can connect as well.",
  },
  {
    name: "processes",
    subjects: ["processes", "the processes", "child processes", "crashes", "the architecture of sotto"],
    wordings: [
      "why {are there|do you use|does it use} {so many|several|child} processes",
      "what {happens|do you do} {when|if} {a model|something|a process} crashes",
      "how is sotto {built|made|structured|designed}",
      "what processes are {there|running}",
      "what {happens|} after a crash",
    ],
    heldOut: ["which parts is sotto made of", "how does sotto survive a crash"],
    answer:
      "One process decides and holds the connections, and it never computes. Ears, mouth, the voice and the heavy models are processes of their own. When one of them dies it is started again, and ending one is a sure way to get its memory back.",
  },
  {
    name: "llama-cpp",
    subjects: ["llama c p p", "llama cpp", "the engine", "engines", "the inference engine"],
    wordings: [
      "what {is|does} {llama cpp|llama c p p|the engine} {do|}",
      "which engine {do you use|runs the models}",
      "what runs the models",
      "how are the models run",
    ],
    heldOut: ["what software runs the language models", "which library computes the answers"],
    answer:
      "The engine that runs the language models is llama dot cpp, inside a process of Sotto's own. It runs on processors and on most graphics cards. Ollama and other servers can be used in its place.",
  },
  {
    name: "tools",
    subjects: ["tools", "tool calls", "function calls", "functions", "facts"],
    wordings: [
      "what {is a tool call|are tools|are tool calls}",
      "how do you know {the time|what time it is|facts}",
      "who does the {sums|arithmetic}",
      "can you {do|call|use} {functions|tools}",
      "do you make {things|facts} up",
    ],
    heldOut: ["how does a model use a tool", "why can you calculate but not know things"],
    answer:
      "A tool is a function that a model may call, such as the clock or a sum. The starter models are never trusted with a fact: code works it out, and the model says the result. Calls that change something are asked about first.",
  },
  {
    name: "settings",
    subjects: ["settings", "the settings", "configuration", "the config file", "options"],
    wordings: [
      "{how|where} {do|can} i {change|find|see} {the |}{settings|options|configuration}",
      "which settings are there",
      "what can i {configure|change|set}",
      "where is the config file",
    ],
    heldOut: ["how do i configure sotto", "which things can be adjusted"],
    answer:
      "Settings come from flags, from variables that begin with SOTTO, and from the file sotto dot config dot json, in that order. Sotto config prints each setting, its value, and where that was set.",
  },
  {
    name: "doctor",
    subjects: ["the doctor", "sotto doctor", "problems", "troubleshooting", "errors"],
    wordings: [
      "what does {sotto doctor|the doctor} do",
      "what {can|do|should} i do {when|if} something {is wrong|does not work|breaks}",
      "{something is|what is} wrong",
      "it does not work",
      "why is there no sound",
    ],
    heldOut: ["who can help when it is broken", "how do i find out what is wrong"],
    answer:
      "When something is wrong, run sotto doctor. It looks at everything Sotto needs, from the microphone to the models, and says what to do about what is missing.",
  },
  {
    name: "commands",
    subjects: ["the commands", "commands", "the command line", "sotto commands"],
    wordings: [
      "{which|what} commands {are there|does sotto have|can i type}",
      "how do i {start|stop|run} sotto",
      "what can i type in the terminal",
      "what is sotto serve",
    ],
    heldOut: ["how do i use the command line", "list the commands of sotto"],
    answer:
      "Sotto serve starts the service, and sotto talk talks in the terminal. Sotto plan and sotto models are for getting models, sotto code and sotto jobs for coding, and sotto doctor for trouble. Each explains itself with dash dash help.",
  },
];
