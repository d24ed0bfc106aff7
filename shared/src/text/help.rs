//! The help page: honest answers to what people ask most.

super::messages! {
    HELP_TITLE: "Help", "ヘルプ";
    HELP_LEAD: "The questions that people ask most.", "よくあるご質問です。";

    HELP_CODE: "The code does not arrive", "確認コードが届きません";
    HELP_CODE_1: "Wait a minute and look in the spam folder as well. Mail can take that long.",
        "1分ほど待ち、迷惑メールのフォルダーもご確認ください。届くまでに時間がかかることがあります。";
    HELP_CODE_2: "We never say whether an account exists. If none fits what you typed, nothing is sent: try another of your addresses.",
        "アカウントがあるかどうかはお答えしていません。入力に合うアカウントがなければ何も送られないので、別の連絡先でもお試しください。";
    HELP_CODE_3: "After a minute you can have it sent again. Use the one in the newest message.",
        "1分たつと、もう一度送れます。一番新しいメッセージのコードをお使いください。";

    HELP_LOST: "I can no longer read that address or phone", "登録した連絡先が使えなくなりました";
    HELP_LOST_1: "If your account has another address, number or user name, type that one.",
        "アカウントに別の連絡先やユーザー名があれば、そちらを入力してください。";
    HELP_LOST_2: "Otherwise a person has to make sure that it is you. Ask the help desk; nobody there will ask for your password or a code.",
        "なければ、担当者がご本人かどうかを確かめます。窓口へご連絡ください。窓口がパスワードや確認コードをうかがうことはありません。";

    HELP_REFUSED: "My password is right and still refused", "パスワードは正しいのにサインインできません";
    HELP_REFUSED_1: "After several wrong passwords sign-in pauses for a while, for the right one too. Waiting helps, and so does choosing a new password.",
        "まちがいが続くと、しばらくの間は正しいパスワードでも受け付けません。少し待つか、新しいパスワードを決めてください。";

    HELP_CHOOSE: "How do I choose a good password?", "よいパスワードの決め方は？";
    HELP_CHOOSE_1: "Length beats tricks: several words that have nothing to do with each other are strong and easy to type.",
        "記号の工夫より長さが効きます。関係のない言葉をいくつか並べると、強くて打ちやすくなります。";
    HELP_CHOOSE_2: "A password manager may make and keep it: pasting is welcome everywhere.",
        "パスワード管理アプリに任せるのもよい方法です。どの欄でも貼り付けが使えます。";

    HELP_STRANGE: "I got a code that I did not ask for", "身に覚えのない確認コードが届きました";
    HELP_STRANGE_1: "Somebody typed your address, perhaps by mistake. Without the code nothing happens. Give it to nobody, and ignore the message.",
        "誰かがあなたの連絡先を入力したようです。コードがなければ何も起こりません。誰にも教えず、そのままにしておいてください。";
    HELP_STRANGE_2: "If a message says that your password was changed and it was not you, use the link in it at once.",
        "「パスワードが変更されました」という知らせに心当たりがなければ、すぐにその中のリンクを開いてください。";

    HELP_PERSON: "I need a person", "担当者に相談したい";
    HELP_PERSON_NONE: "No help desk is entered here. Ask whoever gave you the account.",
        "ここには窓口が登録されていません。アカウントを用意した担当者へご相談ください。";
}
