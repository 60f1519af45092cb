/**
 * Sentences as people type them, by intent, written apart from the phrase book. Some are in the training text by chance; benches
 * leave those out.
 */
export const unseenWordings: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    greeting:
      "Hello, computer! | Hi again, good morning | Hey hey | hello sotto, nice evening | Hello my dear computer",
    farewell: "OK, I'm off. Bye! | See you on Monday. | That's it for tonight, good night | bye then",
    thanks:
      "Thank you, you're great help | Thanks, that's all I needed | ok thanks a bunch | Thank you kindly! | Great, thank you so much for the quick answer",
    how_are_you:
      "How are you this evening? | hey, how's life? | Are you doing alright today? | How do you feel right now?",
    are_you_there:
      "Hello? Is anyone there? | Are you listening to me? | Can you hear me okay? | hey are you awake | Hello, do you receive me?",
    compliment: "You're doing a great job | That was an excellent joke | Wow, you are smart! | I like the way you talk",
    complaint:
      "That's not correct. | you didn't get what I meant | This is a bad answer | You are not helpful | No, that answer is just wrong | Nothing you say makes sense",
    sorry:
      "Sorry, I didn't want to interrupt | oh I'm sorry | My apologies! | Sorry about before | I do apologise for that | Sorry, that was rude of me",
    who_are_you:
      "Who or what are you? | Tell me who I'm speaking to | what is this thing | Could you introduce yourself please",
    your_name:
      "Do you actually have a name? | What do I call you? | what's ur name | Tell me what you are called | What name shall I use for you? | Remind me of your name",
    your_maker:
      "Who was it that made you? | Which company built you? | how did they train you | Who is your author? | Who are the people who built you?",
    what_can_you_do:
      "What are all the things you can do? | Can you help me with something? | What kind of stuff can I ask? | what is it you can do",
    are_you_human:
      "Are you a real human? | am i chatting with a bot | Are you some kind of AI? | Do you have any emotions? | Are you a machine or a human being?",
    are_you_offline:
      "Do you need an internet connection? | Is what I say kept private? | are you sending my voice to a server | Do you work when I'm offline?",
    languages:
      "Do you also speak Spanish? | Which languages can you understand? | can you understand french | Could we speak German? | Can I talk to you in Italian? | Is English the only language you know?",
    time: "What's the time please? | Could you tell me what time it is? | time please | What is the time right now? | Do you happen to know the time? | Would you mind telling me the time? | How late is it by now? | Quick, what time do you have? | Can you check what time it is",
    date: "Which date do we have today? | What's the day today? | Is today a Friday? | tell me what day it is | What is the date of today? | I can't remember what day it is | What weekday are we on? | Could you look up the date for me?",
    arithmetic:
      "What's 12 + 30? | 7 x 8 | How much is 81 / 9? | compute 45 minus 6 please | Can you add 5 and 9? | what is 100 divided by 4 | How many is 9 times 9? | Please work out 64 divided by 8 | What do 17 and 25 add up to? | I have 20, minus 3, what is that? | Give me the product of 6 and 8",
    capital:
      "What's the capital city of Sweden? | capital of kenya? | Which city is Japan's capital? | Do you know what the capital of Peru is? | And Hungary, what is its capital? | What is the main city of Norway called, the capital? | I need to know the capital of Ghana | Name me the capital city of Chile | Which is the capital of Canada again?",
    spell:
      "How do you spell 'necessary'? | Can you spell elephant for me? | spell restaurant please | What's the correct spelling of rhythm? | How would one spell library? | I need the spelling of ocean | Please spell me the word thunder | What is the right way to spell committee? | Letters of the word bridge please",
    joke: "Do you know a good one? Tell me a joke. | Can I have another joke? | Got any jokes? | please make me laugh | I want another joke | Do you have something funny for me? | Let me hear one of your jokes | A funny joke would be nice now",
    introduce:
      "Hi, I'm Julia. | My name's Oscar! | Please call me Kate | I am called Victor | This is Emma speaking | Good evening, my name is Lucas | Hey, people usually call me Max | They call me Nancy | Hello computer, I'm David",
    weather:
      "What's the weather going to be like tomorrow? | Is it cold outside? | Do you think it will rain? | weather for today | Will the sun shine tomorrow? | Shall I take an umbrella with me?",
    news: "What's on the news today? | Read me the latest headlines please | did anything happen in the world today | Can you search the web?",
    music:
      "Play me some jazz | Could you play a song for me? | put some music on please | Can you sing me a song? | I feel like some music | Could you start the radio",
    reminder:
      "Set a timer for 5 minutes please | Can you wake me at seven? | remind me to buy milk | Please set an alarm | Let me know when 10 minutes are over | Can you remind me about my meeting at nine? | Start a countdown of 30 seconds",
    models:
      "Which models are currently loaded? | What model is running right now? | show me the loaded models | What models have you got? | Which language models are installed? | What are the models that are running? | Tell me about the models you have loaded | Is the coder model loaded at the moment?",
    memory:
      "How much memory is still free? | What's the memory usage? | how much ram do we have | Is there enough memory left? | Show me how much RAM is used | How many gigabytes of memory are unused? | Are you running low on memory? | What part of the memory is still available?",
    better_models:
      "How can I install a larger model? | I'd like a better model | How do I get you to be smarter? | what bigger models can i use | Where do I download better models?",
    stop: "Stop talking please | please be silent | Stop it right now | ok that's enough | Could you stop speaking now | You can stop now, thanks",
    cancel:
      "Cancel this please | Please forget it | abort that job | oh never mind then | Cancel my last request please | I want you to abort this | Stop working on that job",
    repeat:
      "Could you say that again? | Sorry, what did you say? | Please repeat the last sentence | I didn't catch that | Can you repeat it please? | Once more please, I was not listening | What was that you just said? | Would you repeat your last answer? | Say it one more time",
    yes: "Yes, please do that | yeah sure | Yes, I do | Sure, why not | Yes, that would be nice | Yep, go for it | That is right, yes | Okay yes",
    no: "No, thank you very much | nope, not now | No, leave it | no way please | No, I don't think so | Not at this time",
    apply:
      "Please apply the patch now | OK, apply those changes | Yes, accept all changes | go ahead, apply it | I approve these changes | Yes, please apply the change you showed me",
    reject:
      "Please reject that patch | No, discard these changes | don't apply that change | I don't want these changes | I do not accept this change | Reject what you proposed",
    undo: "Undo the change you made | Please revert my last edit | Can you undo that last step? | take the last change back",
    ask_director:
      "Could you ask the director about the plan? | I'd like to ask the director something | What would the director recommend? | Please forward this to the director | ask the director how to make it faster | The director should have a look at this | Let us hear what the director says about the design | Could the director explain this to me?",
    write_program:
      "Create a Fizz Buzz script in Python | Please write me a small web server in Go | could you code a calculator in JavaScript | Make a Python program that sorts names | I need a script in Bash that renames files | Can you build me a quiz app in Rust? | We need a little program that counts words | Develop a chat server in Java for me",
    write_tests:
      "Add unit tests for the parser module | Can you write some tests for the login class? | please create a test for the cache | The router needs more unit tests | Write tests for my date function | Could we have more tests for the payment code? | My parser has no tests, please add some",
    change_code:
      "Fix the bug in the login page | Please refactor the storage module | can you rename the function foo to bar | Clean up the parser code | The search is too slow, make it faster | The login class has an error, repair it | Make the table code simpler | Please move the cache into its own file",
    write_docs:
      "Write a README for this project | Please add docs to the parser | document the public functions of the cache module | Can you explain the router code? | write a changelog | We have no README yet, write one | Put some comments into the router file | How does the session module work?",
  }).map(([intent, sentences]) => [intent, sentences.split(" | ")]),
);
