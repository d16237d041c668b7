#include "base/mail_message.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("what a mail server refuses for good, and what passes whatever the code") {
    for (const MailReply& reply :
         {MailReply{550, "5.1.1 no such user"}, MailReply{550, "no such user"}, MailReply{554, ""},
          MailReply{552, "5.3.4 too large"}, MailReply{552, "5.2.3 too large"},
          MailReply{552, "5.7.0 an attachment"}, MailReply{550, "5.22.2 x"},
          MailReply{553, "5.1.8 sender"}, MailReply{550, "5."}}) {
        CAPTURE(reply.text);
        CHECK(reply.for_good());
    }
    for (const MailReply& reply :
         {MailReply{450, "4.2.0 greylisted"}, MailReply{552, "5.2.2 mailbox full"},
          MailReply{552, "mailbox full"}, MailReply{552, ""}, MailReply{554, "5.2.2 over quota"},
          MailReply{550, "5.4.5 daily sending quota exceeded"}, MailReply{550, "5.7.28 a flood"},
          MailReply{554, "5.3.2 closed"}, MailReply{552, "5.5.3 too many recipients"},
          MailReply{550, "5.2.2"}, MailReply{0, "no answer"}}) {
        CAPTURE(reply.text);
        CHECK_FALSE(reply.for_good());
    }
    CHECK(MailReply{552, "5.3.4 too large"}.too_large());
    CHECK_FALSE(MailReply{552, "5.2.2 mailbox full"}.too_large());
}
